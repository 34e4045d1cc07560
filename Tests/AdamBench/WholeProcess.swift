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

  /// One start with its output thrown away; nil when it cannot be started or fails.
  private static func start(_ arguments: [String]) -> (seconds: Double, megabytes: Double)? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in [0, 1, 2] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    vector.append(nil)
    defer { for text in vector { free(text) } }
    var process = pid_t()
    let begin = now()
    guard posix_spawn(&process, arguments[0], &actions, nil, vector, environ) == 0 else { return nil }
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(process, &status, 0, &usage) == process, status == 0 else { return nil }
    return (now() - begin, Double(usage.ru_maxrss) / 1024)
  }
}
