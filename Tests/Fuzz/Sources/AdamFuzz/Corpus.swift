// Texts to damage: the project's scripts, the grammar's cases, the examples of all pages.
import AdamKit
import Foundation
import FuzzTrial

struct Corpus {
  static let shared = Corpus()
  let texts: [[UInt8]]
  /// Pieces that scripts are made of, put in at random places.
  let pieces: [[UInt8]]

  private init() {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let scripts = ["scripts", "Tests"].flatMap { Corpus.scripts(root.appendingPathComponent($0)) }
    let cases = Corpus.cases(root.appendingPathComponent("Tests/Fixtures/grammar/cases.jsonl"))
    let examples = Documentation.names.compactMap { Documentation(of: $0)?.example }
    texts = (scripts + (cases + examples).map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
    let signs = [
      "(", ")", "[", "]", "{", "}", "\"", "'", "\\", ",", ";", ":", ".", "=", "==", "+", "-", "*", "^", "|>", "...", "..<",
      "\n", " ", "#", "é", "−", "“", "**", "&&", "\"{", "}\"", ":.2f", "$", "\u{FEFF}", "\r", "\0", "if ", "else ",
      "for i in ", "while ", "fn(x) ", "return ", "train ", "on epoch ", "sweep ", "layer l(n) {", "param p[2] = ",
      "check grad ", " then ", "not ", "import ", "break", "continue",
    ]
    pieces = (signs + BoundaryNumbers.expressions + Documentation.names).map { Array($0.utf8) }
  }

  private static func scripts(_ folder: URL) -> [[UInt8]] {
    let walker = FileManager.default.enumerator(atPath: folder.path)
    let names = (walker?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".adam") && !$0.contains(".build/") }
    return names.sorted().compactMap { try? Data(contentsOf: folder.appendingPathComponent($0)) }.map { [UInt8]($0) }
  }

  private struct Case: Decodable { var source: String }

  private static func cases(_ file: URL) -> [String] {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Case.self, from: Data($0.utf8)).source }
  }
}

/// Byte strings: mostly texts of the corpus with a few accidents.
enum ByteInput {
  static let limit = 4096

  static func bytes(seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    if random.once(in: 16) { return noise(&random) }
    if random.once(in: 16) { return soup(&random) }
    var bytes = base(&random)
    for _ in 0...random.below(4) { damage(&bytes, &random) }
    return Array(bytes.prefix(limit))
  }

  private static func base(_ random: inout SeededRandom) -> [UInt8] {
    switch random.below(8) {
    case 0: Array(ProgramGenerator.program(seed: random.next()).utf8)
    case 1: Array(SyntaxGenerator.program(seed: random.next(), size: 15).text.utf8)
    default: random.pick(Corpus.shared.texts)
    }
  }

  private static func noise(_ random: inout SeededRandom) -> [UInt8] {
    (0..<random.below(64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  private static func soup(_ random: inout SeededRandom) -> [UInt8] {
    let glue: [UInt8] = random.once(in: 2) ? [] : [0x20]
    return (0..<random.below(40)).flatMap { _ in random.pick(Corpus.shared.pieces) + glue }
  }

  private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    guard !bytes.isEmpty else { return bytes = noise(&random) }
    let at = random.below(bytes.count)
    let end = min(bytes.count, at + 1 + random.below(random.once(in: 4) ? 64 : 8))
    switch random.below(9) {
    case 0: bytes[at] ^= 1 << UInt8(random.below(8))
    case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes.removeSubrange(at..<end)
    case 3: bytes.insert(contentsOf: bytes[at..<end], at: random.below(bytes.count))
    case 4: splice(&bytes, at, &random)
    case 5, 6: bytes.insert(contentsOf: random.pick(Corpus.shared.pieces), at: at)
    case 7: replaceWord(&bytes, at, &random)
    default: swapWords(&bytes, at, &random)
    }
  }

  private static func splice(_ bytes: inout [UInt8], _ at: Int, _ random: inout SeededRandom) {
    let other = random.pick(Corpus.shared.texts)
    let start = random.below(other.count)
    bytes.insert(contentsOf: other[start..<min(other.count, start + random.below(200))], at: at)
  }

  /// The word, number or sign around an offset.
  private static func word(_ bytes: [UInt8], _ at: Int) -> Range<Int> {
    func isWord(_ byte: UInt8) -> Bool {
      (byte | 0x20) >= 97 && (byte | 0x20) <= 122 || byte >= 48 && byte <= 57 || byte == 95
    }
    guard isWord(bytes[at]) else { return at..<at + 1 }
    var (start, end) = (at, at + 1)
    while start > 0, isWord(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, isWord(bytes[end]) { end += 1 }
    return start..<end
  }

  private static func replaceWord(_ bytes: inout [UInt8], _ at: Int, _ random: inout SeededRandom) {
    bytes.replaceSubrange(word(bytes, at), with: random.pick(Corpus.shared.pieces))
  }

  private static func swapWords(_ bytes: inout [UInt8], _ at: Int, _ random: inout SeededRandom) {
    let (a, b) = (word(bytes, at), word(bytes, random.below(bytes.count)))
    guard !a.overlaps(b) else { return }
    let (first, second) = a.lowerBound < b.lowerBound ? (a, b) : (b, a)
    let (x, y) = (Array(bytes[first]), Array(bytes[second]))
    bytes.replaceSubrange(second, with: x)
    bytes.replaceSubrange(first, with: y)
  }
}
