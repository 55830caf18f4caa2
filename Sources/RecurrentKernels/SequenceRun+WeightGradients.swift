import CRecurrentKernels

/// One weight matrix's gradient: dL/dW[row, :] += sum over step rows of gate gradient · operand row.
private struct WeightGradientJob {
  /// Where each gate gradient lies in a gate row, and the gradient row it belongs to.
  var offsets: PooledTable<Int64>
  var targets: PooledTable<Int64>
  var operands: PooledTable<UnsafePointer<KernelScalar>?>
  var columns: Int
  var gradient: UnsafeMutablePointer<KernelScalar>
}

extension SequenceRun {
  /// Weight and bias gradients from the gate gradients: products over all valid steps, row after row in time order,
  /// in blocks of 512 summed from zero and added. Threads split the output, so their number changes no bit.
  func accumulateWeightGradients(_ gradients: SequenceGradients, _ buffers: SequenceBuffers) {
    guard layout.stepRows > 0 else { return }
    let table = stepTable(buffers)
    var jobs: [WeightGradientJob] = []
    if let gradient = gradients.inputWeight, size.input > 0 {
      jobs.append(
        job(slots: cell.inputRange, gates: cell.inputSlots, operands: table.inputs, columns: size.input, gradient))
    }
    if let gradient = gradients.hiddenWeight {
      for (phase, slots) in phases.enumerated() {
        jobs.append(
          job(
            slots: slots, gates: cell.recurrentSlots, operands: phase == 0 ? table.previousHidden : table.operands,
            columns: size.hidden, gradient))
      }
    }
    for job in jobs { run(job, gateRows: table.gates) }
    accumulateBiasGradients(gradients, gateRows: table.gates)
  }

  private struct StepTable {
    var gates, inputs, previousHidden, operands: PooledTable<UnsafePointer<KernelScalar>?>
  }

  /// Pointers of every valid step, rows in batch order, time rising.
  private func stepTable(_ buffers: SequenceBuffers) -> StepTable {
    var table = StepTable(
      gates: PooledTable(capacity: layout.stepRows), inputs: PooledTable(capacity: layout.stepRows),
      previousHidden: PooledTable(capacity: layout.stepRows),
      operands: PooledTable(capacity: operand == nil ? 0 : layout.stepRows))
    var place = [(part: Int, row: Int)](repeating: (0, 0), count: size.batch)
    for (index, part) in layout.parts.enumerated() {
      for (row, number) in part.rows.enumerated() { place[number] = (index, row) }
    }
    for (number, length) in layout.lengths.enumerated() {
      let part = layout.parts[place[number].part]
      for time in 0..<length {
        let step = layout.reversed ? length - 1 - time : time
        let index = part.firstIndex[step] + place[number].row
        table.gates.append(UnsafePointer(gates.pointer + index * gateStride))
        table.inputs.append(buffers.inputs + (number * size.time + time) * size.input)
        if let operand { table.operands.append(UnsafePointer(operand.pointer + index * size.hidden)) }
        if step > 0 {
          let before = number * size.time + (layout.reversed ? time + 1 : time - 1)
          table.previousHidden.append(UnsafePointer(buffers.outputs + before * buffers.outputStride))
        } else {
          table.previousHidden.append(
            buffers.initialHidden.map { $0 + number * size.hidden } ?? UnsafePointer(zeros.pointer))
        }
      }
    }
    return table
  }

  private func job(
    slots: Range<Int>, gates: [Int], operands: PooledTable<UnsafePointer<KernelScalar>?>, columns: Int,
    _ gradient: UnsafeMutablePointer<KernelScalar>
  ) -> WeightGradientJob {
    let count = slots.count * size.hidden
    var job = WeightGradientJob(
      offsets: PooledTable(capacity: count), targets: PooledTable(capacity: count), operands: operands,
      columns: columns, gradient: gradient)
    for slot in slots {
      guard let gate = gates.firstIndex(of: slot) else { preconditionFailure("slot \(slot) has no gate") }
      for unit in 0..<size.hidden {
        job.offsets.append(Int64(gateOffset(slot: slot, unit: unit)))
        job.targets.append(Int64((gate * size.hidden + unit) * columns))
      }
    }
    return job
  }

  private func gateOffset(slot: Int, unit: Int) -> Int {
    let lanes = MatrixProduct.lanes
    return (unit / lanes * cell.slots + slot) * lanes + unit % lanes
  }

  private func run(_ job: WeightGradientJob, gateRows: PooledTable<UnsafePointer<KernelScalar>?>) {
    let lanes = MatrixProduct.lanes
    let tile = Int(kernels.rowTile)
    let block = Int(RK_WEIGHT_BLOCK)
    let steps = gateRows.count
    let panels = MatrixProduct.panels(job.columns)
    let tiles = (job.offsets.count + tile - 1) / tile
    let operations = 2 * steps * job.offsets.count * job.columns
    let right = Workspace(count: panels * min(block, steps) * lanes)
    WorkerPool.withTeam(atMost: operations < MatrixProduct.parallelThreshold ? 1 : tiles) { team in
      let barrier = TeamBarrier(size: team.size)
      team.run { member in
        let left = Workspace(count: tile * min(block, steps))
        for from in stride(from: 0, to: steps, by: block) {
          let inner = min(block, steps - from)
          for panel in MatrixProduct.share(of: panels, member: member, of: team.size) {
            rk_pack_panel(
              job.operands.pointer + from, Int64(inner), Int64(panel * lanes),
              Int64(min(lanes, job.columns - panel * lanes)), right.pointer + panel * inner * lanes)
          }
          barrier.wait()
          var product = rk_product()
          product.left.base = left.pointer
          product.left.stride = 1
          product.inner.mainCount = 1
          product.inner.mainLength = Int64(inner)
          product.right = UnsafePointer(right.pointer)
          product.result.base = job.gradient
          product.columns = Int64(job.columns)
          (product.groupSlots, product.groupCount) = (1, 1)
          product.mode = RK_ADD_BLOCK
          for index in MatrixProduct.share(of: tiles, member: member, of: team.size) {
            let first = index * tile, count = min(tile, job.offsets.count - first)
            product.leftStep = Int64(count)
            rk_pack_left(
              gateRows.pointer + from, Int64(inner), job.offsets.pointer + first, Int64(count), left.pointer)
            product.result.offset = job.targets.pointer + first
            kernels.product(&product, 0, Int64(count), 0, Int64(panels))
          }
          barrier.wait()
        }
      }
    }
    withExtendedLifetime((job, gateRows)) {}
  }

  private func accumulateBiasGradients(
    _ gradients: SequenceGradients, gateRows: PooledTable<UnsafePointer<KernelScalar>?>
  ) {
    guard gradients.inputBias != nil || gradients.hiddenBias != nil else { return }
    let sums = Workspace(count: gateStride)
    sums.pointer.update(repeating: 0, count: gateStride)
    rk_column_sums(gateRows.pointer, Int64(gateRows.count), Int64(gateStride), sums.pointer)
    for (slots, gradient) in [(cell.inputSlots, gradients.inputBias), (cell.recurrentSlots, gradients.hiddenBias)] {
      guard let gradient else { continue }
      for (gate, slot) in slots.enumerated() {
        for unit in 0..<size.hidden {
          gradient[gate * size.hidden + unit] += sums.pointer[gateOffset(slot: slot, unit: unit)]
        }
      }
    }
  }
}
