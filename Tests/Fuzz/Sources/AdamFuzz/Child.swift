// Child processes: this program again, with other arguments.
import Glibc

struct Child {
  let id: pid_t

  /// nil when it cannot be started. The crash reporter is off: it would take seconds for every trap.
  init?(_ arguments: [String], isQuiet: Bool = false) {
    let program = "/proc/self/exe"
    let environment = ["SWIFT_BACKTRACE=enable=no", "LC_ALL=C"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if isQuiet {
      for descriptor: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0) }
    }
    var child = pid_t()
    let argv = ([program] + arguments).map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    guard posix_spawn(&child, program, &actions, nil, argv, envp) == 0 else { return nil }
    id = child
  }

  /// How it ended: its status, or 128 and the signal; nil while it runs.
  func ended() -> Int32? {
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return nil }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  func kill() { _ = Glibc.kill(id, SIGKILL) }

  /// Waits for the end, at most some seconds; 124 when it had to be killed.
  func wait(seconds: Double) -> Int32 {
    var left = seconds
    while left > 0 {
      if let status = ended() { return status }
      usleep(2000)
      left -= 0.002
    }
    kill()
    while ended() == nil { usleep(1000) }
    return 124
  }
}
