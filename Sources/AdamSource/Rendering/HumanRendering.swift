// The form for people: the source lines that matter, carets under the primary place, dashes under
// the others, and every label hanging from its place.

struct HumanRendering {
  private let diagnostic: Diagnostic
  private let sources: SourceMap
  private let palette: Palette

  /// A place to be marked on one line.
  private struct Mark {
    var span: Span
    var text: String
    var isPrimary: Bool
  }

  init(_ diagnostic: Diagnostic, _ sources: SourceMap, _ palette: Palette) {
    self.diagnostic = diagnostic
    self.sources = sources
    self.palette = palette
  }

  var text: String {
    var lines = [firstLine(diagnostic, sources, palette)]
    if let span = diagnostic.span, let source = sources[span.source] {
      lines += snippet(source, span)
    }
    lines += diagnostic.notes.flatMap { remark("note", $0) }
    lines += diagnostic.helps.flatMap { remark("help", $0.text + ($0.isSafe ? "   (safe fix)" : "")) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func remark(_ kind: String, _ text: String) -> [String] {
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let head = "  = " + palette.bold("\(kind):") + " " + (parts.first ?? "")
    return [head] + parts.dropFirst().map { String(repeating: " ", count: 6 + kind.count) + $0 }
  }

  /// All marked lines of the primary's source; places in other sources become notes of one line.
  private func snippet(_ source: SourceText, _ primary: Span) -> [String] {
    var marks = [Mark(span: primary, text: diagnostic.label, isPrimary: true)]
    marks += diagnostic.labels.filter { $0.span.source == primary.source }
      .map { Mark(span: $0.span, text: $0.text, isPrimary: false) }
    let byLine = Dictionary(grouping: marks) { source.lineIndex(of: $0.span.start) }
    let numbers = byLine.keys.sorted()
    let width = String((numbers.last ?? 0) + 1).count
    var lines: [String] = []
    for number in numbers {
      let gutter = String(number + 1)
      let padding = String(repeating: " ", count: width - gutter.count)
      let row = Row(source, number, (byLine[number] ?? []).map { ($0.span, $0.text, $0.isPrimary) })
      lines.append(palette.dim("\(padding)\(gutter) | ") + row.sourceLine)
      let empty = palette.dim(String(repeating: " ", count: width) + " | ")
      lines += row.markLines(palette).map { empty + $0 }
    }
    return lines + elsewhere(primary.source)
  }

  private func elsewhere(_ home: SourceID) -> [String] {
    diagnostic.labels.filter { $0.span.source != home }.compactMap { label in
      guard let source = sources[label.span.source] else { return nil }
      let position = source.position(of: label.span.start)
      return "  = \(source.name):\(position.line):\(position.column): \(label.text)"
    }
  }
}

/// One source line with the marks under it.
struct Row {
  /// As shown: tabs expanded, controls replaced, cut around the marks when long.
  private(set) var sourceLine = ""
  private var marks: [(start: Int, end: Int, text: String, isPrimary: Bool)] = []
  private static let maximum = 110

  init(_ source: SourceText, _ number: Int, _ spans: [(Span, String, Bool)]) {
    var columns: [Int] = []
    let line = source.line(number)
    let window = Row.window(line, around: spans.first { $0.2 }?.0 ?? spans.first?.0)
    let cells = Row.layOut(window, &columns)
    let start = window.startIndex
    let shown = spans.filter { window.startIndex...window.endIndex ~= Int($0.0.start) || window == line }
    for (span, text, isPrimary) in shown.sorted(by: { $0.0.start < $1.0.start }) {
      let from = Row.column(Int(span.start) - start, columns)
      let to = Row.column(Int(span.end) - start, columns)
      marks.append((from, max(from + 1, to), text, isPrimary))
    }
    cut(cells, window.startIndex > line.startIndex, window.endIndex < line.endIndex)
  }

  /// The part of a line that is laid out. Millions of bytes in one line would take their time, so
  /// only some thousand around the place are looked at.
  private static func window(_ line: ArraySlice<UInt8>, around span: Span?) -> ArraySlice<UInt8> {
    let reach = 2000
    guard line.count > 2 * reach, let span else { return line }
    let focus = min(max(Int(span.start), line.startIndex), line.endIndex)
    var start = max(line.startIndex, focus - reach)
    var end = min(line.endIndex, focus + reach)
    while start < focus, line[start] & 0xC0 == 0x80 { start += 1 }
    while end > focus, end < line.endIndex, line[end] & 0xC0 == 0x80 { end -= 1 }
    return line[start..<end]
  }

  /// Display cells of a line; `columns[i]` is the display column of byte i, with one more at the end.
  private static func layOut(_ line: ArraySlice<UInt8>, _ columns: inout [Int]) -> [Character] {
    var cells: [Character] = []
    for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
      for _ in 0..<UTF8.width(scalar) { columns.append(cells.count) }
      if scalar == "\t" {
        repeat { cells.append(" ") } while cells.count % 4 != 0
      } else {
        let width = displayWidth(scalar)
        if width > 0 { cells.append(Character(scalar)) }
        // A wide character takes two cells; the second is a filler that is not printed.
        if width == 2 { cells.append("\u{0}") }
      }
    }
    columns.append(cells.count)
    return cells
  }

  private static func column(_ byte: Int, _ columns: [Int]) -> Int {
    columns[max(0, min(byte, columns.count - 1))]
  }

  /// Long lines are cut around the marks, so that a megabyte of one line stays one row.
  private mutating func cut(_ cells: [Character], _ isCutBefore: Bool, _ isCutAfter: Bool) {
    guard cells.count > Row.maximum else {
      sourceLine = String(cells.filter { $0 != "\u{0}" })
      return
    }
    let primary = marks.first { $0.isPrimary } ?? marks.first
    let focus = primary?.start ?? 0
    let first = marks.map(\.start).filter { $0 <= focus && focus - $0 < Row.maximum / 2 }.min() ?? focus
    let start = max(0, min(first - 12, cells.count - Row.maximum))
    let end = min(cells.count, start + Row.maximum)
    let head = start > 0 || isCutBefore ? "…" : ""
    sourceLine = head + String(cells[start..<end].filter { $0 != "\u{0}" }) 
      + (end < cells.count || isCutAfter ? "…" : "")
    let shift = start - head.count
    marks = marks.filter { $0.start >= start && $0.start < end }
      .map { ($0.start - shift, min($0.end, end) - shift, $0.text, $0.isPrimary) }
  }

  /// The row of carets with the last label beside it, then the other labels, the rightmost first.
  func markLines(_ palette: Palette) -> [String] {
    var drawn: [(start: Int, end: Int, text: String, isPrimary: Bool)] = []
    for mark in marks where !mark.text.isEmpty || mark.isPrimary { drawn.append(mark) }
    guard let last = drawn.last else { return [] }
    var lines = [markRow(drawn) + (last.text.isEmpty ? "" : " " + last.text)]
    let hanging = drawn.dropLast().filter { !$0.text.isEmpty }
    if !hanging.isEmpty { lines.append(bars(hanging.map(\.start))) }
    for index in hanging.indices.reversed() {
      let left = hanging[..<index].map(\.start)
      lines.append(bars(left, then: hanging[index].start) + hanging[index].text)
      if !left.isEmpty { lines.append(bars(left)) }
    }
    return tighten(lines)
  }

  /// The bar row under the carets is enough above the first hanging label; labels follow each other.
  private func tighten(_ lines: [String]) -> [String] {
    lines.enumerated().filter { index, line in
      index < 2 || line.contains { $0 != " " && $0 != "|" }
    }.map(\.element)
  }

  private func markRow(_ marks: [(start: Int, end: Int, text: String, isPrimary: Bool)]) -> String {
    var cells: [Character] = []
    // The primary is drawn last, so that carets win where places overlap.
    for mark in marks.sorted(by: { !$0.isPrimary && $1.isPrimary }) {
      while cells.count < mark.end { cells.append(" ") }
      for i in mark.start..<mark.end { cells[i] = mark.isPrimary ? "^" : "-" }
    }
    return String(cells)
  }

  private func bars(_ columns: [Int], then next: Int? = nil) -> String {
    var text = ""
    for column in columns where column >= text.count {
      text += String(repeating: " ", count: column - text.count) + "|"
    }
    if let next, next > text.count { text += String(repeating: " ", count: next - text.count) }
    return text
  }
}
