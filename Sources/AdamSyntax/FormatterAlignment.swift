// Columns that the writer lined up stay lined up: the `=` of neighbouring assignments and the
// comments at the ends of lines. Only what stood in one column moves together, so that formatting
// twice is formatting once.
import AdamSource

/// Spaces before the `=` of assignments on neighbouring lines.
struct FormatAssignments {
  private struct Member {
    var token: Int
    /// Characters before the `=` in the result, without padding.
    var width: Int
    /// Characters from the statement's start to the `=` in the source.
    var column: Int
    var isPadded: Bool
  }

  /// A block: the statement that began on the current line, and the lines above that line up so far.
  private struct Block {
    var statement: Int?
    /// Characters of the statement so far in the result; nil when it does not reach its `=` on its line.
    var width: Int?
    var group: [Member] = []
  }

  private var blocks = [Block()]
  private var padding: [Int: Int] = [:]

  static func padding(_ input: FormatInput) -> [Int: Int] {
    var assignments = FormatAssignments()
    for index in input.tokens.indices { assignments.read(index, input) }
    assignments.closeGroup()
    return assignments.padding
  }

  private mutating func read(_ index: Int, _ input: FormatInput) {
    let token = input.tokens[index]
    if token.startsStatement, token.breaks || index == 0 { startStatement(index, input) }
    if token.isAssignment, let start = blocks[blocks.count - 1].statement { join(index, start, input) }
    if token.kind == .rightBrace, blocks.count > 1 {
      closeGroup()
      blocks.removeLast()
    }
    if token.kind == .leftBrace { blocks.append(Block()) }
  }

  private mutating func startStatement(_ index: Int, _ input: FormatInput) {
    let gaps = input.comments[input.tokens[index].comments].map(\.newlines) + [input.tokens[index].newlines]
    // The statement above had no `=` of its own, or a blank line stands between.
    if blocks[blocks.count - 1].statement != nil || gaps.contains(where: { $0 > 1 }) { closeGroup() }
    blocks[blocks.count - 1].statement = index
  }

  /// The statement's `=` is found: it joins the group above or starts one.
  private mutating func join(_ index: Int, _ start: Int, _ input: FormatInput) {
    blocks[blocks.count - 1].statement = nil
    let before = input.tokens[start...index].dropFirst()
    guard !before.contains(where: \.breaks) else { return closeGroup() }
    let first = input.tokens[start]
    let last = input.tokens[index - 1]
    let width = before.dropLast().reduce(input.width(first.text)) { $0 + $1.spaces + input.width($1.text) }
    let member = Member(
      token: index, width: width, column: input.width(first.start..<input.tokens[index].start),
      isPadded: input.tokens[index].start - last.end > 1)
    if let column = blocks[blocks.count - 1].group.last?.column, column != member.column { closeGroup() }
    blocks[blocks.count - 1].group.append(member)
  }

  private mutating func closeGroup() {
    let group = blocks[blocks.count - 1].group
    blocks[blocks.count - 1].group = []
    guard group.contains(where: \.isPadded), group.count > 1 else { return }
    let widest = group.map(\.width).max() ?? 0
    for member in group { padding[member.token] = widest - member.width }
  }
}

/// Spaces before the comments at the ends of lines.
enum FormatComments {
  /// Spaces between a line and its comment.
  static let distance = 2

  /// The column of each line's comment; nil for lines whose comment stands alone.
  static func columns(_ lines: [FormatLine]) -> [Int?] {
    var columns = [Int?](repeating: nil, count: lines.count)
    var group: [Int] = []
    for index in lines.indices {
      if lines[index].blanks > 0 { close(&group, lines, &columns) }
      guard lines[index].comment != nil, !lines[index].clings else { continue }
      let goesOn = goesOn(index, lines, group)
      if lines[index].text.isEmpty, !goesOn { continue }
      if let last = group.last, lines[last].commentColumn != lines[index].commentColumn {
        close(&group, lines, &columns)
      }
      group.append(index)
    }
    close(&group, lines, &columns)
    return columns
  }

  /// A comment alone on its line, right below one of the same column, is its next line.
  private static func goesOn(_ index: Int, _ lines: [FormatLine], _ group: [Int]) -> Bool {
    guard let last = group.last, last == index - 1 else { return false }
    return lines[last].commentColumn == lines[index].commentColumn
  }

  private static func close(_ group: inout [Int], _ lines: [FormatLine], _ columns: inout [Int?]) {
    let ends = group.map { lines[$0].text.isEmpty ? 0 : lines[$0].indent + width(lines[$0].text) + distance }
    let column = ends.max()
    for index in group { columns[index] = column }
    group = []
  }

  static func width(_ text: [UInt8]) -> Int { text.count { $0 & 0xC0 != 0x80 } }
}
