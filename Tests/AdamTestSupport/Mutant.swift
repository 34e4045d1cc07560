// A script with one token deleted, doubled or swapped with the next, and where that was.
import AdamSource
import AdamSyntax

package struct Mutant: Sendable {
  package enum Change: String, CaseIterable, Sendable { case delete, double, swap }

  package var text: String
  package var change: Change
  /// The tokens changed, as written.
  package var token: String
  /// Where each token of the mutant starts, with the place of its slot in the original.
  private var slots: [(mutated: Int, original: Int)]
  /// Places of the changed tokens in the original.
  package var places: [Int]

  /// Every mutant of a text, in the order of its tokens.
  package static func all(of text: String) -> [Mutant] {
    let bytes = Array(text.utf8)
    return groups(in: bytes).flatMap { group in
      group.indices.flatMap { place in
        Change.allCases.compactMap { change in
          isChange(change, bytes, group, place) ? Mutant(bytes, group, place, change) : nil
        }
      }
    }
  }

  private static func isChange(
    _ change: Change, _ bytes: [UInt8], _ tokens: [Range<Int>], _ place: Int
  ) -> Bool {
    change != .swap || place + 1 < tokens.count && bytes[tokens[place]] != bytes[tokens[place + 1]]
  }

  private init(_ bytes: [UInt8], _ tokens: [Range<Int>], _ place: Int, _ change: Change) {
    let token = tokens[place]
    let first = Array(bytes[token])
    var edits: [(Range<Int>, [UInt8])]
    places = [token.lowerBound]
    self.token = String(decoding: first, as: UTF8.self)
    self.change = change
    switch change {
    case .delete: edits = [(token, [])]
    case .double:
      let stands = token.lowerBound == 0 || bytes[token.lowerBound - 1] <= 0x20 || Mutant.isWord(first[0])
      edits = [(token, first + (stands ? [0x20] : []) + first)]
    case .swap:
      let next = tokens[place + 1]
      places.append(next.lowerBound)
      edits = [(token, Array(bytes[next])), (next, first)]
      self.token += " ⇄ " + String(decoding: bytes[next], as: UTF8.self)
    }
    var result: [UInt8] = []
    var end = 0
    slots = []
    for (range, new) in edits {
      slots.append((result.count, end))
      result += bytes[end..<range.lowerBound]
      slots.append((result.count, range.lowerBound))
      result += new
      end = range.upperBound
    }
    slots.append((result.count, end))
    text = String(decoding: result + bytes[end...], as: UTF8.self)
  }

  /// The place in the original that stands at `offset` of the mutant.
  package func original(of offset: Int) -> Int {
    let slot = slots.last { $0.mutated <= offset } ?? (0, 0)
    // Inside of a changed token every place is the token's.
    return places.contains(slot.original) ? slot.original : slot.original + offset - slot.mutated
  }

  // MARK: Tokens

  /// The tokens of the text, then those inside of each interpolation.
  private static func groups(in bytes: [UInt8]) -> [[Range<Int>]] {
    var inner: [[Range<Int>]] = []
    let outer = tokens(of: bytes, in: 0..<bytes.count, &inner)
    return [outer] + inner
  }

  private static func tokens(
    of bytes: [UInt8], in range: Range<Int>, _ inner: inout [[Range<Int>]]
  ) -> [Range<Int>] {
    var tokens: [Range<Int>] = []
    var place = range.lowerBound
    while place < range.upperBound {
      let start = place
      switch bytes[place] {
      case 0...0x20: place += 1
      case UInt8(ascii: "#"):
        while place < range.upperBound, bytes[place] != 0x0A { place += 1 }
      case UInt8(ascii: "\""):
        place = endOfString(bytes, place, range.upperBound, &inner)
        tokens.append(start..<place)
      default:
        place = endOfToken(bytes, place, range.upperBound)
        tokens.append(start..<place)
      }
    }
    return tokens
  }

  private static func endOfString(
    _ bytes: [UInt8], _ start: Int, _ limit: Int, _ inner: inout [[Range<Int>]]
  ) -> Int {
    var place = start + 1
    while place < limit, bytes[place] != UInt8(ascii: "\"") {
      if bytes[place] == UInt8(ascii: "\\") { place += 1 }
      guard place < limit, bytes[place] == UInt8(ascii: "{"), bytes[place - 1] != UInt8(ascii: "\\") else {
        place += 1
        continue
      }
      let open = place
      var depth = 0
      repeat {
        if bytes[place] == UInt8(ascii: "{") { depth += 1 }
        if bytes[place] == UInt8(ascii: "}") { depth -= 1 }
        place += 1
      } while place < limit && depth > 0
      inner.append(tokens(of: bytes, in: open..<place, &inner))
    }
    return min(place + 1, limit)
  }

  private static func endOfToken(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int {
    var place = start + 1
    if isWord(bytes[start]) {
      let isNumber = isDigit(bytes[start])
      while place < limit, isWord(bytes[place]) || isNumber && isPoint(bytes, place, limit) { place += 1 }
      // `1e-3` is one token.
      if isNumber, place + 1 < limit, bytes[place - 1] == UInt8(ascii: "e"), bytes[place] == UInt8(ascii: "-"),
        isDigit(bytes[place + 1])
      {
        place += 2
        while place < limit, isDigit(bytes[place]) { place += 1 }
      }
      return place
    }
    let rest = bytes[start..<min(start + 3, limit)]
    for (spelling, _) in TokenKind.punctuation where rest.starts(with: spelling.utf8) {
      return start + spelling.utf8.count
    }
    return place
  }

  private static func isPoint(_ bytes: [UInt8], _ place: Int, _ limit: Int) -> Bool {
    bytes[place] == UInt8(ascii: ".") && place + 1 < limit && isDigit(bytes[place + 1])
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
      || (0x41...0x5A).contains(byte & ~0x20)
  }
}

/// The statements of a text, to tell how far a caret stands from a mistake.
package struct StatementMap: Sendable {
  private struct Statement {
    var range: Range<Int>
    var parent: Int?
  }
  private var statements: [Statement] = []

  package init(_ text: String) {
    let tree = parse(SourceText(name: "", bytes: Array(text.utf8)), id: SourceID(0)).tree
    var spans = tree.statements.map { tree.span($0) }
    for index in tree.nodes.indices {
      switch tree.nodes[index] {
      case .block(let inside): spans += inside.map { tree.span($0) }
      case .layer(let parts): spans += (parts.items + [parts.forward]).map { tree.span($0) }
      default: break
      }
    }
    for span in spans.sorted(by: { ($0.start, -$0.end) < ($1.start, -$1.end) }) {
      let range = Int(span.start)..<Int(span.end)
      let parent = statements.lastIndex { $0.range.contains(range.lowerBound) && $0.range != range }
      if statements.last?.range != range { statements.append(Statement(range: range, parent: parent)) }
    }
  }

  /// The innermost statement at a place; between two, the one before.
  private func statement(at place: Int) -> Int? {
    statements.lastIndex { $0.range.contains(place) } ?? statements.lastIndex { $0.range.lowerBound <= place }
  }

  /// A bracket behind the last statement of a block belongs to the block and ends that statement.
  private func statements(at place: Int) -> Set<Int> {
    let before = statements.lastIndex { $0.range.lowerBound <= place }
    return Set([statement(at: place), before].compactMap(\.self))
  }

  /// Whether `caret` stands on the statement of `place`, in it, or on the next.
  package func isNear(_ caret: Int, to place: Int) -> Bool {
    let (wrong, shown) = (statements(at: place), statements(at: caret))
    if wrong.isEmpty || shown.isEmpty { return caret <= place }
    return wrong.contains { a in shown.contains { b in isNear(b, a) } }
  }

  private func isNear(_ shown: Int, _ wrong: Int) -> Bool {
    var around: Int? = shown
    while let index = around {
      if index == wrong { return true }
      around = statements[index].parent
    }
    let sibling = statements.indices.first {
      $0 > wrong && statements[$0].parent == statements[wrong].parent
    }
    return shown == wrong + 1 || shown == sibling
  }
}
