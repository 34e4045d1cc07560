// A host whose files live in memory.
import AdamKit
import Synchronization

/// Files by name; what is written is kept.
public final class MemoryFiles: Sendable {
  private let contents: Mutex<[String: [UInt8]]>
  public init(_ files: [String: String] = [:]) { contents = Mutex(files.mapValues { Array($0.utf8) }) }

  public subscript(name: String) -> [UInt8]? { contents.withLock { $0[name] } }

  public func replace(_ name: String, _ bytes: [UInt8]) { contents.withLock { $0[name] = bytes } }

  /// A host with these files.
  /// - Parameter output: takes what scripts print; nil refuses, as a full disk does.
  public func host(
    output: (@Sendable ([UInt8]) -> Void)? = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> Host {
    Host(
      write: { (bytes) throws(HostError) in
        guard let output else { throw HostError(.cannotWrite, path: "", reason: "No space left on device") }
        output(bytes)
      },
      flush: { () throws(HostError) in }, progress: { _ in },
      open: { (path) throws(HostError) -> any ByteSource in
        guard let bytes = self[path] else {
          throw HostError(.cannotOpen, path: path, reason: "No such file or directory")
        }
        return MemorySource(bytes)
      },
      replaceFile: { (path, bytes) throws(HostError) in self.replace(path, bytes) },
      now: { 0 }, isCancelled: isCancelled)
  }
}

private final class MemorySource: ByteSource {
  private var rest: ArraySlice<UInt8>
  init(_ bytes: [UInt8]) { rest = bytes[...] }
  var isReopenable: Bool { true }
  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    guard !rest.isEmpty else { return false }
    buffer += rest.prefix(limit)
    rest = rest.dropFirst(limit)
    return true
  }
}
