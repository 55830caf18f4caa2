package import Recurrent

/// What was seen of films, what came, and what was said, as a picture.
package enum FilmPicture {
  /// The pixels of a film, frame by frame.
  package struct Film {
    package let seen, truth, said: [Scalar]

    package init(seen: [Scalar], truth: [Scalar], said: [Scalar]) {
      (self.seen, self.truth, self.said) = (seen, truth, said)
    }
  }

  /// The films below each other: of each what was seen and what came in its first line, what was said in its second, under the
  /// frames that it was said of. Greys are those of 4 bits.
  ///
  /// - Parameters:
  ///   - films: The films, of equally many frames.
  ///   - frame: The sizes of a frame.
  /// - Returns: The text of an SVG file.
  package static func svg(_ films: [Film], frame: [Int]) -> String {
    let size = frame.reduce(1, *)
    let (scale, stretch) = (max(1, 64 / frame[frame.count - 1]), frame.count == 1 ? 8 : 1)
    let (gap, top, lines) = (4, 20, 2)
    let width = frame[frame.count - 1] * scale + gap
    let height = (frame.count == 1 ? 1 : frame[0]) * scale * stretch + gap
    let (seen, ahead) = ((films.first?.seen.count ?? 0) / size, (films.first?.truth.count ?? 0) / size)
    var body = ""
    func put(_ pixels: [Scalar], line: Int, from column: Int) {
      for time in 0..<pixels.count / size {
        let (x, y) = ((column + time) * width + gap, line * height + line / lines * gap + top)
        let shape = paths(pixels[time * size..<(time + 1) * size], frame)
        body += "<g transform=\"translate(\(x) \(y)) scale(\(scale) \(scale * stretch))\">\(shape)</g>\n"
      }
    }
    for (text, column) in [("seen", 0), ("what came, and under it what was said", seen)] {
      body += "<text x=\"\(column * width + gap)\" y=\"14\">\(text)</text>\n"
    }
    for (index, film) in films.enumerated() {
      put(film.seen, line: lines * index, from: 0)
      put(film.truth, line: lines * index, from: seen)
      put(film.said, line: lines * index + 1, from: seen)
    }
    let sizes = ((seen + ahead) * width + gap, films.count * (lines * height + gap) + top)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(sizes.0)" height="\(sizes.1)" viewBox="0 0 \(sizes.0) \(sizes.1)"
        font-family="sans-serif" font-size="12" shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff"/>
      \(body)</svg>

      """
  }

  /// A black frame, and over it for each other grey one path of all its runs.
  private static func paths(_ pixels: ArraySlice<Scalar>, _ frame: [Int]) -> String {
    let (height, width) = (frame.count == 1 ? 1 : frame[0], frame[frame.count - 1])
    let greys = pixels.map { Int((min(max($0, 0), 1) * 15).rounded()) }
    var paths = [String](repeating: "", count: 16)
    for row in 0..<height {
      var column = 0
      while column < width {
        let grey = greys[row * width + column]
        let start = column
        while column < width, greys[row * width + column] == grey { column += 1 }
        paths[grey] += "M\(start) \(row)h\(column - start)v1h-\(column - start)z"
      }
    }
    let black = "<path fill=\"#000\" d=\"M0 0h\(width)v\(height)h-\(width)z\"/>"
    return paths.enumerated().dropFirst().filter { !$1.isEmpty }.reduce(black) { text, path in
      let digit = String(path.offset, radix: 16)
      return text + "<path fill=\"#\(digit)\(digit)\(digit)\" d=\"\(path.element)\"/>"
    }
  }
}
