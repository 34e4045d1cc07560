// Runs the built `adam` as a user would: as a process with pipes, or in a terminal under tmux.
import Foundation

/// The executable that was built with the tests.
public enum AdamProgram {
  /// `ADAM_PROGRAM` names another build (release, without readline).
  public static var path: String {
    if let path = ProcessInfo.processInfo.environment["ADAM_PROGRAM"] { return path }
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("adam").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
        return candidate
      }
    }
    return "adam"
  }

  /// The package's root folder.
  public static var root: String {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder.path
  }

  public struct Result: Sendable {
    public var status: Int32
    public var output: String
    public var errors: String
  }

  /// Runs to the end. Output goes to files, so that no pipe can fill up.
  public static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    folder: String? = nil
  ) throws -> Result {
    let scratch = try TemporaryFolder()
    let (output, errors, inputFile) = (scratch.path("out"), scratch.path("err"), scratch.path("in"))
    try Data(input.utf8).write(to: URL(fileURLWithPath: inputFile))
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = baseEnvironment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle(forReadingAtPath: inputFile)
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    let read = { String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: $0))) ?? Data(), as: UTF8.self) }
    return Result(status: process.terminationStatus, output: read(output), errors: read(errors))
  }

  /// Runs a shell line in which `$ADAM` is the program.
  public static func shell(_ line: String, folder: String? = nil) throws -> Result {
    let scratch = try TemporaryFolder()
    let (output, errors) = (scratch.path("out"), scratch.path("err"))
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.environment = baseEnvironment.merging(["ADAM": path]) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    let read = { String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: $0))) ?? Data(), as: UTF8.self) }
    return Result(status: process.terminationStatus, output: read(output), errors: read(errors))
  }

  static var baseEnvironment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in ["NO_COLOR", "FORCE_COLOR", "ADAM_PROGRESS", "ADAM_STABLE"] { environment[name] = nil }
    environment["ADAM_HISTORY"] = ""
    return environment
  }
}

/// A folder that goes with its owner.
public final class TemporaryFolder: Sendable {
  public let url: URL
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("adam-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }

  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  public func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
    return path(name)
  }
}
