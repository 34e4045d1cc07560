// Wrong texts: damaged scripts, bad bytes, sizes at and beyond the limits.
import AdamSource
import AdamSyntax
import Foundation
import Testing

/// A small generator with a seed, so that a failure can be repeated.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

/// Byte ranges of a script's tokens, by a plain scan that knows nothing of the lexer.
func roughTokens(_ text: String) -> [Range<Int>] {
  let bytes = Array(text.utf8)
  var tokens: [Range<Int>] = []
  var index = 0
  func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 97 && (byte | 0x20) <= 122 || byte >= 48 && byte <= 57 || byte == 95
  }
  while index < bytes.count {
    let start = index
    if bytes[index] == 0x23 {
      while index < bytes.count, bytes[index] != 10 { index += 1 }
      continue
    }
    if bytes[index] <= 32 {
      index += 1
      continue
    }
    if isWord(bytes[index]) {
      while index < bytes.count, isWord(bytes[index]) { index += 1 }
    } else if bytes[index] == 0x22 {
      index += 1
      while index < bytes.count, bytes[index] != 0x22, bytes[index] != 10 { index += 1 }
      index = min(index + 1, bytes.count)
    } else {
      index += 1
    }
    tokens.append(start..<index)
  }
  return tokens
}

@Test(arguments: Fixtures.scripts)
func `Deleting one token gives at most two errors`(_ path: String) throws {
  let text = try Fixtures.text(path)
  let bytes = Array(text.utf8)
  for token in roughTokens(text) {
    var damaged = bytes
    damaged.removeSubrange(token)
    let result = parsed(damaged)
    let line = bytes[..<token.lowerBound].count { $0 == 10 } + 1
    #expect(
      result.diagnostics.count <= 2,
      "\(path):\(line) without `\(String(decoding: bytes[token], as: UTF8.self))`: \(result.diagnostics.map { "\($0.code.text)@\($0.span?.start ?? -1)" })")
  }
}

@Test(arguments: Fixtures.scripts)
func `Random damage never traps and every place lies in the text`(_ path: String) throws {
  let bytes = Array(try Fixtures.text(path).utf8)
  let alphabet = Array("(){}[]\"'\\,;:.=+-*/^|>x1 \n#in if fn for é".utf8)
  var random = Seeded(state: UInt64(bytes.count))
  for _ in 0..<300 {
    var damaged = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0..<damaged.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: damaged.remove(at: at)
      case 1: damaged[at] = alphabet.randomElement(using: &random) ?? 32
      case 2: damaged[at] = UInt8.random(in: 0...255, using: &random)
      default: damaged.insert(alphabet.randomElement(using: &random) ?? 32, at: at)
      }
    }
    for diagnostic in parsed(damaged).diagnostics {
      guard let span = diagnostic.span else { continue }
      #expect(span.start >= 0 && span.start <= span.end && Int(span.end) <= damaged.count)
    }
  }
}

@Test func `Random bytes and random tokens never trap`() {
  var random = Seeded(state: 7)
  let words = [
    "x", "1", "0.5", "(", ")", "[", "]", "{", "}", "\"", "'", "\\", ",", ";", ":", ".", "=", "+", "-",
    "*", "^", "|>", "...", "..<", "if", "else", "for", "in", "while", "fn", "return", "train", "print",
    "on", "epoch", "every", "sweep", "layer", "param", "check", "grad", "then", "not", "and", "import",
    "\n", " ", "#", "é", "−", "“", "**", "&&", "break", "\"{", "}\"", ":.2f", "$",
  ]
  for _ in 0..<3000 {
    let count = Int.random(in: 0...40, using: &random)
    let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
      .joined(separator: Bool.random(using: &random) ? " " : "")
    let result = parsed(text)
    _ = result.tree.print(SourceText(name: "", bytes: Array(text.utf8)))
    _ = TokenPrinter.tokens(SourceText(name: "", bytes: Array(text.utf8)), id: SourceID(0))
    let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    _ = parsed(noise)
  }
}

/// One mistake a line.
@Test func `Four independent mistakes give exactly four errors`() {
  let text = "x = (1 + \ny = 3 3\nfor i on xs { a b }\nz = f(a b)\nw = 1\n"
  #expect(codes(parsed("x = ]\ny = 3 3\nif a = 1 { z = 2 }\nz = f(a b)\nw = 1\n")).count == 4)
  #expect(codes(parsed(text)).count <= 4)
  #expect(codes(parsed("f(a b, g(c d), [1 -2])")) == ["E0102"])
}

@Test func `An unclosed bracket is found by the column of the next line`() throws {
  let result = parsed("model = seq(linear(2,16), relu\nopt = adam(lr=1e-3)\ntrain 50\n")
  #expect(codes(result) == ["E0101"])
  let found = try #require(result.diagnostics.first)
  #expect(found.span?.start == 11)
  #expect(found.labels.first?.span.start == 31)
  #expect(found.helps.first?.edits == [Edit(Span(SourceID(0), 30, 30), ")")])
  #expect(found.helps.first?.isSafe == true)
}

@Test(arguments: [
  ("x = (1, 2", true), ("seq(", true), ("x = ", true), ("a +", true), ("if a {", true),
  ("if a", true), ("fn f(x)", true), ("train 50,", true), ("xs |>", true), ("f(a,\n", true),
  ("for i in", true), ("on epoch", true), ("x = ) +", false), ("\"open", false), ("\"{x", false),
  ("a b", false), ("[1,2\n3]", false), ("x = 1", false), ("", false), ("a b\nf(", false),
  ("x = (2x", false), ("check", false),
])
func `Incomplete is what more lines can complete`(_ text: String, _ isIncomplete: Bool) {
  #expect(parsed(text).isIncomplete == isIncomplete)
}

@Test func `Safe edits remove their message and bring no new one`() {
  for item in GrammarCase.all where item.error != nil {
    let result = parsed(item.source)
    for help in result.diagnostics.flatMap(\.helps) where help.isSafe {
      var bytes = Array(item.source.utf8)
      for edit in help.edits.sorted(by: { $0.span.start > $1.span.start }) {
        bytes.replaceSubrange(Int(edit.span.start)..<Int(edit.span.end), with: edit.text.utf8)
      }
      let after = parsed(bytes)
      #expect(
        after.diagnostics.count < result.diagnostics.count,
        "\(item.source) → \(String(decoding: bytes, as: UTF8.self)): \(codes(after))")
    }
  }
}
