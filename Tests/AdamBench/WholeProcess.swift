// Times the program as a user starts it.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

enum WholeProcess {
  /// Median and minimum wall time of `runs` starts after two warm-ups, and the largest memory.
  static func measure(
    _ arguments: [String], runs: Int
  ) -> (median: Double, fastest: Double, megabytes: Double)? {
    var times: [Double] = []
    var megabytes = 0.0
    for run in 0..<(runs + 2) {
      guard let (seconds, memory) = start(arguments) else { return nil }
      if run >= 2 { times.append(seconds) }
      megabytes = max(megabytes, memory)
    }
    times.sort()
    return (times[times.count / 2], times[0], megabytes)
  }

  /// The largest memory of a program. A new process counts from the size that its parent had, and the
  /// benchmark has grown by now: a fresh one of it starts the program.
  static func peakMegabytes(_ arguments: [String]) -> Double? {
    let text = output(of: [CommandLine.arguments[0], peakOption] + arguments)
    return text.flatMap { Double($0.filter { !$0.isWhitespace }) }
  }

  /// The program that a fresh benchmark is to start for `peakMegabytes`.
  static func askedForPeak(_ arguments: [String]) -> [String]? {
    arguments.count > 2 && arguments[1] == peakOption ? Array(arguments.dropFirst(2)) : nil
  }

  private static let peakOption = "--peak"

  /// One start with its output thrown away; nil when it cannot be started or fails.
  private static func start(_ arguments: [String]) -> (seconds: Double, megabytes: Double)? {
    let begin = now()
    guard let process = spawn(arguments, output: nil), let usage = wait(process) else { return nil }
    return (now() - begin, Double(usage.ru_maxrss) / 1024)
  }

  /// What a program writes to its standard output; nil when it cannot be started or fails.
  static func output(of arguments: [String]) -> String? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0, let process = spawn(arguments, output: ends[1], closing: ends[0])
    else { return nil }
    close(ends[1])
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(ends[0], &buffer, buffer.count), count > 0 {
      bytes += buffer.prefix(count)
    }
    close(ends[0])
    return wait(process) == nil ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Starts a program found by its path or name. Its messages are seen when its output is read.
  private static func spawn(
    _ arguments: [String], output: Int32?, closing other: Int32? = nil
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in output == nil ? [0, 1, 2] : [0] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
    if let other { posix_spawn_file_actions_addclose(&actions, other) }
    var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    vector.append(nil)
    defer { for text in vector { free(text) } }
    var process = pid_t()
    let status = posix_spawnp(&process, arguments[0], &actions, nil, vector, environ)
    return status == 0 ? process : nil
  }

  /// What it used; nil when it failed.
  private static func wait(_ process: pid_t) -> rusage? {
    var status: Int32 = 0
    var usage = rusage()
    return wait4(process, &status, 0, &usage) == process && status == 0 ? usage : nil
  }
}
