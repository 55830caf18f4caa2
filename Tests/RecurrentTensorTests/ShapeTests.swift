import RecurrentTensor
import Testing

@Suite struct ShapeTests {
  @Test func sizesCountAndText() {
    let shape: Shape = [32, 100, 10]
    #expect(shape.rank == 3)
    #expect(shape.count == 32_000)
    #expect(shape.sizes == [32, 100, 10])
    #expect(shape.last == 10)
    #expect(shape.rowCount == 3200)
    #expect(shape.description == "[32, 100, 10]")
  }

  @Test func singleNumber() {
    let shape: Shape = []
    #expect((shape.rank, shape.count, shape.last, shape.rowCount) == (0, 1, 1, 1))
    #expect(shape.description == "[]")
    #expect(shape != [1])
  }

  @Test func sizeZeroIsLegal() {
    #expect(([4, 0, 3] as Shape).count == 0)
  }

  @Test func editing() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.removing(axis: 1) == [2, 4])
    #expect(shape.inserting(7, axis: 0) == [7, 2, 3, 4])
    #expect(shape.inserting(7, axis: 3) == [2, 3, 4, 7])
    #expect(shape.appending(5) == [2, 3, 4, 5])
    #expect(shape.replacing(axis: 2, with: 9) == [2, 3, 9])
    #expect(shape.removing(axis: 0).removing(axis: 0).removing(axis: 0) == [])
  }

  @Test func viewAroundAxis() {
    let view = ([2, 3, 4, 5] as Shape).view(around: 1)
    #expect((view.outer, view.size, view.inner) == (2, 3, 20))
  }
}
