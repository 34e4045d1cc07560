// Files through the POSIX host: replacing as one step, FIFOs, errors.
import AdamData
import AdamSource
import Foundation
import Testing

/// A folder that goes away with the test.
private final class Scratch {
  let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("adam-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }
}

@Suite struct HostTests {
  private let host = StandardHost.make(isCancelled: { false })

  private func content(_ path: String) throws -> [UInt8] {
    let source = try host.open(path)
    var bytes: [UInt8] = []
    while try source.read(into: &bytes, limit: 3) {}
    return bytes
  }

  private func mode(_ path: String) throws -> Int? {
    (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
  }

  @Test func aFileIsReplacedAndNothingIsLeftBehind() throws {
    let scratch = try Scratch()
    try host.replaceFile(scratch.path("a"), Array("one".utf8))
    try host.replaceFile(scratch.path("a"), Array("two!".utf8))
    #expect(try content(scratch.path("a")) == Array("two!".utf8))
    #expect(scratch.names == ["a"])
  }

  @Test func permissionsOfTheOldFileAreKept() throws {
    let scratch = try Scratch()
    let path = scratch.path("a")
    try host.replaceFile(path, [1])
    for wanted in [0o600, 0o666, 0o755] {
      try FileManager.default.setAttributes([.posixPermissions: wanted], ofItemAtPath: path)
      try host.replaceFile(path, [2])
      #expect(try mode(path) == wanted)
    }
  }

  @Test func aSymbolicLinkKeepsAndItsTargetChanges() throws {
    let scratch = try Scratch()
    try host.replaceFile(scratch.path("target"), [1])
    for (link, target) in [("link", "target"), ("dangling", "later")] {
      try FileManager.default.createSymbolicLink(
        atPath: scratch.path(link), withDestinationPath: target)
      try host.replaceFile(scratch.path(link), [2])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path(link)) == target)
      #expect(try content(scratch.path(target)) == [2])
    }
  }

  @Test func aFailedSaveLeavesTheOldFileAndNoTemporary() throws {
    let scratch = try Scratch()
    let folder = scratch.path("folder")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    func reason(_ path: String) -> String {
      do {
        try host.replaceFile(path, [1])
        return "written"
      } catch { return "\(error.kind): \(error.reason)" }
    }
    #expect(reason(folder) == "cannotWrite: Is a directory")
    #expect(reason(scratch.path("none/a")) == "cannotWrite: No such file or directory")
    #expect(reason("") == "cannotWrite: this is no file name")
    #expect(reason(scratch.url.path + "/a\0b") == "cannotWrite: this is no file name")
    #expect(reason(scratch.path(String(repeating: "n", count: 300))) == "cannotWrite: File name too long")
    #expect(scratch.names == ["folder"])
  }

  @Test func aDeviceIsWrittenNotReplaced() throws {
    try host.replaceFile("/dev/null", [1, 2, 3])
    let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
    #expect(kind == .typeCharacterSpecial)
  }

  @Test func whatCannotBeOpenedSaysWhy() throws {
    let scratch = try Scratch()
    func reason(_ path: String) -> String {
      do {
        _ = try host.open(path)
        return "opened"
      } catch { return error.reason }
    }
    #expect(reason(scratch.path("none")) == "No such file or directory")
    #expect(reason(scratch.url.path) == "Is a directory")
    #expect(reason("a\0") == "a file name cannot hold NUL")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("loop"), withDestinationPath: "loop")
    #expect(reason(scratch.path("loop")) == "Too many levels of symbolic links")
  }

  private func headerFault(_ path: String) -> String {
    do throws(Diagnostic) {
      _ = try CSVReader(path: path, host: host, span: nil).readHeader()
      return "it was read"
    } catch { return error.message }
  }

  @Test func anEndlessFileIsRefusedAtOnce() throws {
    #expect(headerFault("/dev/zero") == "`/dev/zero` is not text: its byte 1 is NUL")
    do throws(Diagnostic) {
      _ = try SafetensorsReader.read(path: "/dev/zero", host: host, span: nil)
      Issue.record("it was read")
    } catch { #expect(error.message.hasSuffix("its header is empty")) }
  }

  @Test func theHeaderOfAFIFOIsReadBeforeItsRowsExist() throws {
    let scratch = try Scratch()
    let path = scratch.path("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    // Opened for both directions, so that opening waits for nobody and the end never comes.
    let writer = open(path, O_RDWR)
    defer { close(writer) }
    #expect(write(writer, "a,b\r", 4) == 4)
    let reader = try CSVReader(path: path, host: host, span: nil)
    #expect(try reader.readHeader() == ["a", "b"])
  }

  @Test func aFIFOWithoutWriterIsAnEmptyFile() throws {
    let scratch = try Scratch()
    try #require(mkfifo(scratch.path("fifo"), 0o600) == 0)
    #expect(headerFault(scratch.path("fifo")) == "the file is empty")
  }
}
