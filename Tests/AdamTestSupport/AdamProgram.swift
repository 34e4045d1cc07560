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
    try spawn([path] + arguments, input: input, baseEnvironment.merging(environment) { $1 }, folder)
  }

  /// Runs a shell line in which `$ADAM` is the program.
  public static func shell(_ line: String, folder: String? = nil) throws -> Result {
    try spawn(["/bin/bash", "-c", line], input: "", baseEnvironment.merging(["ADAM": path]) { $1 }, folder)
  }

  struct CannotStart: Error { var program: String }

  /// A process of our own making: Foundation's waits until everything that the child started has
  /// ended too, and a terminal's server never does.
  static func spawn(
    _ arguments: [String], input: String, _ environment: [String: String], _ folder: String?
  ) throws -> Result {
    let scratch = try TemporaryFolder()
    let (output, errors) = (scratch.path("out"), scratch.path("err"))
    let inputFile = try scratch.file("in", input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inputFile, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let arguments = folder.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] + arguments } ?? arguments
    // Threads of the test runner block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var child = pid_t()
    let code = withStrings(arguments) { argv in
      withStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
        posix_spawnp(&child, arguments[0], &actions, &attributes, argv, envp)
      }
    }
    guard code == 0 else { throw CannotStart(program: arguments[0]) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    let read = { String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: $0))) ?? Data(), as: UTF8.self) }
    // As a shell counts: the status, or 128 and the signal.
    let ended = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    return Result(status: ended, output: read(output), errors: read(errors))
  }

  private static func withStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
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
