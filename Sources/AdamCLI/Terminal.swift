// What the executable asks of the system: environment, terminals, its standard descriptors.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import AdamREPL

enum Terminal {
  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether escapes are wanted on a descriptor: `NO_COLOR` and `FORCE_COLOR` count when not empty.
  static func wantsColor(_ choice: ColorChoice, on descriptor: Int32) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto:
      if variable("NO_COLOR")?.isEmpty == false { return false }
      if variable("FORCE_COLOR")?.isEmpty == false { return true }
      return isTerminal(descriptor) && variable("TERM").map { $0 != "dumb" && !$0.isEmpty } == true
    }
  }

  /// Columns of the terminal, 80 when unknown.
  static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func printError(_ text: String) { writeAll(Array(text.utf8), to: STDERR_FILENO) }

  /// A closed standard descriptor would be given to the next file that is opened, and a script's
  /// prints would land in it. A read-only stand-in keeps the number and refuses writes.
  static func holdStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      let standIn = open("/dev/null", O_RDONLY)
      if standIn >= 0 && standIn != descriptor {
        dup2(standIn, descriptor)
        close(standIn)
      }
    }
  }
}

extension Terminal {
  static func printOutput(_ text: String) { writeAll(Array(text.utf8), to: STDOUT_FILENO) }
}
