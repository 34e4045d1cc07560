// What formatting changes, as a unified diff.

/// Compares two texts that differ in white space alone. What is not white space stands in both in the same
/// order, so counting it lines the texts up in one walk, however long they are.
enum UnifiedDifference {
  private enum Change { case same, removed, added }

  private struct Line {
    var text: ArraySlice<UInt8>
    /// Bytes that are no white space before the line, and up to its end.
    var start: Int
    var end: Int
  }

  private struct Entry {
    var change: Change
    var line: Line
  }

  static let context = 3

  /// `--- name`, `+++ name` and the hunks; empty for equal texts.
  static func text(from old: [UInt8], to new: [UInt8], name: String) -> [UInt8] {
    let entries = entries(lines(old), lines(new))
    var text: [UInt8] = []
    for hunk in hunks(entries) { text += render(hunk, entries) }
    return text.isEmpty ? [] : Array("--- \(name)\n+++ \(name)\n".utf8) + text
  }

  private static func lines(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = bytes.startIndex
    var count = 0
    while start < bytes.endIndex {
      let end = (bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex - 1) + 1
      let text = bytes[start..<end]
      let added = text.count { $0 > 0x20 } - (start == 0 && text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
      lines.append(Line(text: text, start: count, end: count + added))
      count += added
      start = end
    }
    return lines
  }

  private static func entries(_ old: [Line], _ new: [Line]) -> [Entry] {
    var entries: [Entry] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i].start == new[j].start, old[i].text == new[j].text {
        entries.append(Entry(change: .same, line: old[i]))
        (i, j) = (i + 1, j + 1)
      } else if j == new.count || i < old.count && old[i].end <= new[j].end {
        entries.append(Entry(change: .removed, line: old[i]))
        i += 1
      } else {
        entries.append(Entry(change: .added, line: new[j]))
        j += 1
      }
    }
    return entries
  }

  /// Changes with three lines around them; those that would touch are one.
  private static func hunks(_ entries: [Entry]) -> [Range<Int>] {
    var hunks: [Range<Int>] = []
    for index in entries.indices where entries[index].change != .same {
      let start = max(0, index - context)
      let end = min(entries.count, index + context + 1)
      if let last = hunks.last, start <= last.upperBound {
        hunks[hunks.count - 1] = last.lowerBound..<end
      } else {
        hunks.append(start..<end)
      }
    }
    return hunks
  }

  private static func render(_ hunk: Range<Int>, _ entries: [Entry]) -> [UInt8] {
    func count(_ range: Range<Int>, without change: Change) -> Int {
      entries[range].count { $0.change != change }
    }
    func place(without change: Change) -> String {
      let length = count(hunk, without: change)
      let first = count(0..<hunk.lowerBound, without: change) + (length > 0 ? 1 : 0)
      return length == 1 ? "\(first)" : "\(first),\(length)"
    }
    var text = Array("@@ -\(place(without: .added)) +\(place(without: .removed)) @@\n".utf8)
    for entry in entries[hunk] { text += render(entry) }
    return text
  }

  private static func render(_ entry: Entry) -> [UInt8] {
    let mark: UInt8 =
      switch entry.change {
      case .same: UInt8(ascii: " ")
      case .removed: UInt8(ascii: "-")
      case .added: UInt8(ascii: "+")
      }
    let tail = entry.line.text.last == 0x0A ? "" : "\n\\ No newline at end of file\n"
    return [mark] + entry.line.text + Array(tail.utf8)
  }
}
