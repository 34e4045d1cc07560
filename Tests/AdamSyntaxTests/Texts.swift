// Encodings, line ends, characters, numbers and sizes.
import AdamSource
import AdamSyntax
import AdamTestSupport
import Foundation
import Testing

@Test(arguments: Fixtures.scripts)
func `Line ends, a BOM and a missing last line end change nothing`(_ path: String) throws {
  let text = try Fixtures.text(path)
  func variant(_ text: String) -> String {
    let source = SourceText(name: "", bytes: Array(text.utf8))
    return parse(source, id: SourceID(0)).tree.print(source)
  }
  let expected = variant(text)
  #expect(!expected.contains("(invalid)"))
  #expect(variant(text.replacing("\n", with: "\r\n")) == expected)
  #expect(variant(text.replacing("\n", with: "\r")) == expected)
  #expect(variant("\u{FEFF}" + text) == expected)
  #expect(variant("\u{FEFF}" + text.replacing("\n", with: "\r\n")) == expected)
  #expect(variant(String(text.dropLast())) == expected)
}

@Test(arguments: [
  [], Array("  \n\t ".utf8), Array("# only".utf8), [0xEF, 0xBB, 0xBF],
] as [[UInt8]])
func `An empty text is an empty program`(_ bytes: [UInt8]) {
  let result = parsed(bytes)
  #expect(result.diagnostics.isEmpty && result.tree.statements.isEmpty)
}

@Test(arguments: [
  (Array("x\0".utf8), "NUL byte at offset 1"), (Array("\"a\0\"".utf8), "NUL byte at offset 2"),
  (Array("# \0".utf8), "NUL byte at offset 2"), ([0x78, 0xFF], "invalid UTF-8 at byte 1"),
  ([0xC0, 0x80], "invalid UTF-8 at byte 0"), ([0x78, 0xED, 0xA0, 0x80], "invalid UTF-8 at byte 1"),
  ([0xE2, 0x82], "invalid UTF-8 at byte 0"), ([0x63, 0x61, 0x66, 0xE9], "invalid UTF-8 at byte 3"),
  ([0xFF, 0xFE, 0x78, 0x00], "the file is UTF-16; save it as UTF-8"),
  ([0x89, 0x50, 0x4E, 0x47, 0x0D], "the file is not a text file: it is a PNG image"),
] as [([UInt8], String)])
func `Bytes that are no text give one error with the offset`(_ bytes: [UInt8], _ message: String) {
  #expect(parsed(bytes).diagnostics.map(\.message) == [message])
}

@Test(arguments: [
  ("x− 1", "U+2212 '−'; did you mean '-'?"), ("x\u{A0}= 1", "U+00A0"), ("x\u{200D} = 1", "U+200D"),
  ("x = 1\u{202E}", "U+202E"), ("f（x）", "U+FF08 '（'; did you mean '('?"),
  ("s = “a”", "U+201C '“'; did you mean '\"'?"), ("x\n\u{FEFF}y", "U+FEFF"), ("x = ١", "U+0661 '١'"),
  ("caf\u{E9} = 1", "U+00E9 'é'"), ("cafe\u{301} = 1", "U+0301"), ("x = 1\u{C}", "U+000C"),
  ("x = 1\u{7F}", "U+007F"),
])
func `A foreign character is named`(_ text: String, _ message: String) throws {
  let result = parsed(text)
  #expect(Set(codes(result)) == ["E0103"])
  #expect(try #require(result.diagnostics.first).message == "unexpected character " + message)
}

@Test(arguments: [
  ("1_000", 1000), ("0.5", 0.5), ("1e-3", 1e-3), ("1e-400", 0), ("1_000.5e-3", 1.0005),
  ("9007199254740992", 0x1p53), ("123456789012345678e3", 123_456_789_012_345_683_968),
  ("0.1234567890123456789", 0.1234567890123456789), ("1E+3", 1000),
] as [(String, Double)])
func `A number has its value`(_ text: String, _ value: Double) throws {
  let result = parsed(text)
  #expect(codes(result) == [])
  #expect(result.tree[try #require(result.tree.statements.first)] == .number(value))
}

@Test(arguments: [
  "99999999999999999999", "9007199254740993", "1e400", "0x", "1.2.3", "1e", ".5", "5.", "0x10", "1f",
  "1_", "10k", "a.0x",
])
func `What is no number gives one error`(_ text: String) {
  #expect(codes(parsed(text)) == ["E0105"])
}

@Test func `A number of a million digits is refused at once`() {
  #expect(codes(parsed(String(repeating: "9", count: 1_000_000))) == ["E0105"])
}

@Test(arguments: [
  (#""\q""#, "E0106"), (#""\u{110000}""#, "E0106"), (#""\u{D800}""#, "E0106"), (#""\u{}""#, "E0106"),
  ("\"a\nb = 1", "E0104"), ("\"{a\n}\"", "E0108"), ("\"{if a { 1\n}}\"", "E0108"), (#""{x:9999999}""#, "E0109"),
])
func `A wrong string gives one error`(_ text: String, _ code: String) {
  #expect(codes(parsed(text)) == [code])
}

@Test func `Escapes are replaced`() {
  #expect(tree(#""a\tb\\\"\{\}\u{20AC}""#) == #"(str 'a\tb\\"{}€')"#)
}

private let isDebug = million < 1_000_000

@Test func `Names have their limit`() {
  #expect(codes(parsed(String(repeating: "a", count: 255))) == [])
  #expect(codes(parsed(String(repeating: "a", count: 256))) == ["E0116"])
  #expect(codes(parsed(String(repeating: "a", count: 1_000_000))) == ["E0116"])
}

@Test(.enabled(if: !isDebug, "sixteen megabytes take a debug build half a minute"))
func `Strings and texts have their limits`() {
  func string(_ count: Int) -> [UInt8] {
    [0x22] + Array(repeating: 0x61, count: count) + [0x22]
  }
  #expect(codes(parsed(string(16 << 20))) == [])
  #expect(codes(parsed(string((16 << 20) + 1))) == ["E0116"])
  #expect(codes(parsed(Array(repeating: 0x20, count: (64 << 20) + 1))) == ["E0116"])
}

@Test(arguments: [
  ("(", "1", ")"), ("[", "1", "]"), ("f(", "1", ")"), ("x[", "1", "]"), ("-", "1", ""),
  ("not ", "a", ""), ("2^", "2", ""), ("fn(x) ", "x", ""), ("if a { ", "b", " }"),
  ("while a { ", "b", " }"), ("\"{", "x", "}\""), ("(", "a", ",)"), ("f(fn() {", "x", "})"),
])
func `Two hundred levels are accepted and one more is not`(
  _ open: String, _ inner: String, _ close: String
) {
  func nested(_ count: Int) -> String {
    String(repeating: open, count: count) + inner + String(repeating: close, count: count)
  }
  let perLevel = open == "f(fn() {" ? 2 : 1
  #expect(codes(parsed(nested(200 / perLevel))) == [])
  let deep = parsed(nested(200 / perLevel + 1))
  #expect(codes(deep) == ["E0111"])
  #expect(deep.diagnostics.first?.message == "nesting deeper than 200")
  for count in [100_000, 1_000_000] {
    #expect(codes(parsed(nested(count))) == ["E0111"])
    #expect(codes(parsed(String(repeating: open, count: count))) == ["E0111"])
  }
}

@Test func `The deepest nesting fits in the stack of a thread`() async {
  let texts = ["(", "[", "f(", "x[", "if a { ", "f(fn() {", "\"{"].map {
    String(repeating: $0, count: 201)
  }
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    for text in texts { _ = parsed(text) }
    done.signal()
  }
  // Frames of debug builds are several times larger.
  thread.stackSize = isDebug ? 4 << 20 : 512 << 10
  thread.start()
  await withCheckedContinuation { continuation in
    DispatchQueue.global().async {
      done.wait()
      continuation.resume()
    }
  }
}

/// Debug builds are some thirty times slower; they get a fiftieth.
private let million: Int = {
  #if DEBUG
    20_000
  #else
    1_000_000
  #endif
}()

@Test(arguments: [
  ("1", "+1"), ("a", ".b"), ("x", "[0]"), ("f", "()"), ("a", " |> b"), ("", "x = 1\n"), ("", "x = 1; "),
  ("a", " then b"), ("a", " or b and c"), ("[1", ",1"),
])
func `A million links neither overflow nor take long`(_ start: String, _ link: String) {
  let text = start + String(repeating: link, count: million) + (start == "[1" ? "]" : "")
  let source = SourceText(name: "", bytes: Array(text.utf8))
  let time = processorSeconds {
    let result = parse(source, id: SourceID(0))
    #expect(result.diagnostics.isEmpty)
    #expect(result.tree.nodes.count >= million)
    _ = result.tree.print(source)
  }
  #expect(time < 5)
}

@Test func `A hundred thousand else-ifs are one flat node`() throws {
  let text = "if a { 1 }" + String(repeating: " else if a { 1 }", count: 100_000)
  let result = parsed(text)
  #expect(codes(result) == [])
  guard case .conditional(let branches, _) = result.tree[try #require(result.tree.statements.first)]
  else {
    Issue.record("not a conditional")
    return
  }
  #expect(branches.count == 100_001)
}

@Test func `Tokens are printed with their bits`() {
  let text = SourceText(name: "", bytes: Array("x = a.0\nprint \"n {x:.1f}!\"".utf8))
  #expect(
    TokenPrinter.tokens(text, id: SourceID(0)) == """
      1:1 name x
      1:3 = sp
      1:5 name a sp
      1:6 .
      1:7 field 0
      2:1 verb print nl sp
      2:7 " sp
      2:8 text "n "
      2:10 {
      2:11 name x
      2:12 :
      2:13 format ".1f"
      2:16 }
      2:17 text "!"
      2:18 "

      """)
}
