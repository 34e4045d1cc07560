// Programs cut into statements, so that one that fails does not keep the rest from running.

/// Stretches of lines that each hold a whole statement when the program is indented as usual.
public func statementPieces(_ text: [UInt8]) -> [[UInt8]] {
  var pieces: [[UInt8]] = []
  for line in text.split(separator: 0x0A) {
    let goesOn = line.first.map { $0 <= 0x20 || $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "|") } ?? true
    if pieces.isEmpty || !goesOn { pieces.append([]) }
    pieces[pieces.count - 1] += line + [0x0A]
  }
  return pieces
}
