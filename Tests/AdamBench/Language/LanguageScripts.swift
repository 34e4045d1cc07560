// The scripts whose speed is measured.

enum LanguageScripts {
  /// A loop of the VM: a function `f(n)` or, at top level, statements that use `n`.
  struct Loop {
    var name: String
    var text: String
    /// Arithmetic, comparisons with their branch, calls, elements, turns: of one turn.
    var operations: Double
    var turns: Int
    /// Simple operations only, so that the bound for those holds.
    var isSimple = true
  }

  static let loops = [
    Loop(
      name: "arithmetic",
      text: """
        fn f(n) {
          a = 1; b = 0
          for i in 0..<n { a = a * 0.5 + i; b = b + a - i * 2 }
          a + b
        }
        """, operations: 6, turns: 300_000),
    Loop(
      name: "branches",
      text: """
        fn f(n) {
          c = 0
          for i in 0..<n {
            if i % 3 == 0 { c = c + 1 } else if c > i { c = c - 1 } else { c = c + 2 }
          }
          c
        }
        """, operations: 14.0 / 3, turns: 300_000),
    Loop(
      name: "accumulate",
      text: """
        fn f(n) {
          s = 0; i = 1
          while i <= n { s += 1 / (i * i); i += 1 }
          s
        }
        """, operations: 6, turns: 300_000),
    Loop(
      name: "globals",
      text: "a = 1; b = 0\nfor i in 0..<n { a = a * 0.5 + i; b = b + a - i * 2 }", operations: 6, turns: 300_000),
    Loop(
      name: "calls",
      text: """
        fn add(a, b) { a + b }
        fn f(n) {
          s = 0
          for i in 0..<n { s = add(s, i) }
          s
        }
        """, operations: 3, turns: 200_000, isSimple: false),
    Loop(
      name: "recursion",
      text: """
        fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
        fn f(n) { for i in 0..<n { fib(15) } }
        """, operations: 1_973 * 2 + 986 * 3, turns: 50, isSimple: false),
    Loop(
      name: "append",
      text: """
        fn f(n) {
          xs = []
          for i in 0..<n { xs.append(i) }
          s = 0
          for i in 0..<n { s = s + xs[i] }
          s
        }
        """, operations: 5, turns: 200_000, isSimple: false),
    Loop(
      name: "replace",
      text: """
        fn f(n) {
          xs = [i for i in 0..<100]
          for k in 0..<n / 100 {
            for i in 1..<100 { xs[i] = xs[i - 1] + 1 }
          }
          xs[99]
        }
        """, operations: 5, turns: 200_000, isSimple: false),
  ]

  /// Single operations on x and y, 16 elements each.
  static let tensorOperations = ["x + y", "x * 2", "relu(x)"]
  static let tensors = "x = tensor([i for i in 1...16]); y = x * 3"

  /// Ten layers with weights.
  static func network(width: Int) -> String {
    let hidden = (0..<8).map { _ in "linear(\(width), \(width)), relu" }.joined(separator: ", ")
    return """
      seed 0
      data = (zeros(32, 16), zeros(32, 1))
      model = seq(linear(16, \(width)), relu, \(hidden), linear(\(width), 1))
      loss = mse()
      opt = adam(lr=1e-3)
      """
  }

  /// The part of `folder` again and again with other names, up to a size or number of lines.
  static func repeated(_ folder: String, bytes: Int = .max, lines: Int = .max) throws -> [UInt8] {
    let part = try text("\(folder)/script.adam")
    var result = ""
    var count = 0
    var size = 0
    while size < bytes, count < lines {
      let next = part.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.replacing("NNN", with: "\(size)")
      }.joined(separator: "\n")
      result += next
      size += next.utf8.count
      count += part.utf8.count { $0 == 0x0A }
    }
    return Array(result.utf8)
  }

  private static func text(_ path: String) throws -> String {
    var bytes = [UInt8](repeating: 0, count: try fileSize(path))
    try bytes.withUnsafeMutableBytes { try readFile(path, into: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Substring {
  /// Every occurrence of a word replaced.
  fileprivate func replacing(_ word: String, with other: String) -> String {
    var result = ""
    var rest = self
    while let place = rest.utf8.firstRange(of: word) {
      result += rest[..<place]
      result += other
      rest = rest[rest.utf8.index(place, offsetBy: word.utf8.count)...]
    }
    return result + rest
  }
}

extension Substring.UTF8View {
  fileprivate func firstRange(of word: String) -> Index? {
    var place = startIndex
    while place < endIndex {
      if self[place...].starts(with: word.utf8) { return place }
      place = index(after: place)
    }
    return nil
  }
}
