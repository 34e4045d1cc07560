// Makes a failing input small: lines, then words, then bytes go as long as the end stays the same.
import Foundation

struct Minimiser {
  let file: String
  private let candidate: String

  init(_ file: String) {
    self.file = file
    candidate = file + ".candidate"
  }

  func run() -> Int32 {
    guard let data = FileManager.default.contents(atPath: file), let wanted = status(of: [UInt8](data)), wanted != 0
    else {
      print("\(file) fails in no way")
      return 1
    }
    var best = [UInt8](data)
    var size = best.count + 1
    while best.count < size {
      size = best.count
      for isBorder in [Minimiser.endsLine, Minimiser.endsWord, { _ in true }] { best = reduced(best, isBorder, wanted) }
    }
    try? FileManager.default.removeItem(atPath: candidate)
    try? Data(best).write(to: URL(fileURLWithPath: file + ".min"))
    print("status \(wanted), \(best.count) bytes: \(file).min\n\(String(decoding: best, as: UTF8.self))")
    return 0
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x3B }
  private static func endsWord(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x2C || byte == 0x28 }

  private func status(of bytes: [UInt8]) -> Int32? {
    guard (try? Data(bytes).write(to: URL(fileURLWithPath: candidate))) != nil else { return nil }
    return Child(["--run", candidate], isQuiet: true)?.wait(seconds: 20)
  }

  /// Leaves out stretches of parts, long ones first.
  private func reduced(_ bytes: [UInt8], _ isBorder: (UInt8) -> Bool, _ wanted: Int32) -> [UInt8] {
    var parts: [[UInt8]] = [[]]
    for byte in bytes {
      parts[parts.count - 1].append(byte)
      if isBorder(byte) { parts.append([]) }
    }
    var length = parts.count
    while length > 0 {
      var start = 0
      while start < parts.count {
        var shorter = parts
        shorter.removeSubrange(start..<min(parts.count, start + length))
        if status(of: shorter.flatMap { $0 }) == wanted { parts = shorter } else { start += length }
      }
      length /= 2
    }
    return parts.flatMap { $0 }
  }
}
