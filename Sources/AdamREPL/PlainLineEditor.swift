// The line reader of builds without GNU readline: the terminal's own editing, no recall.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads whole lines with the terminal in its usual mode.
public final class PlainLineEditor: LineEditor {
  private var pending: [UInt8] = []
  private let signals: SignalPipe

  public init(signals: SignalPipe) { self.signals = signals }

  public func readLine(prompt: String, isContinuation: Bool) -> LineInput {
    writeAll(Array(prompt.utf8), to: STDOUT_FILENO)
    while true {
      if let line = takeLine() { return .line(line) }
      switch signals.waitForInput() {
      case .interrupt:
        pending.removeAll()
        writeAll(Array("^C\n".utf8), to: STDOUT_FILENO)
        return .interrupted
      case .input: if !fill() { return endOfInput() }
      case .resized, .continued: continue
      case .terminate: return .end
      }
    }
  }

  public func remember(_ entry: [UInt8]) {}

  private func endOfInput() -> LineInput {
    if pending.isEmpty { return .end }
    defer { pending.removeAll() }
    return .line(pending)
  }

  private func takeLine() -> [UInt8]? {
    guard let end = pending.firstIndex(of: 0x0A) else { return nil }
    let line = Array(pending[..<end])
    pending.removeSubrange(...end)
    return line
  }

  /// False at the end of the input.
  private func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = chunk.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
    if count > 0 { pending.append(contentsOf: chunk[..<count]) }
    return count > 0 || (count < 0 && errno == EINTR)
  }
}

/// Writes everything, going on after signals and short writes. False when the descriptor refuses.
@discardableResult
public func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var start = 0
  while start < bytes.count {
    let written = bytes.withUnsafeBytes { buffer in
      write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
    }
    if written > 0 { start += written } else if errno != EINTR { return false }
  }
  return true
}
