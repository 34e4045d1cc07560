// Signals as input: handlers write one byte into a pipe that the prompt polls beside the terminal,
// because readline's own ways return only after one more key.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization

/// The process's signals. The executable makes one; the library installs no handler.
public final class SignalPipe: Sendable {
  public enum Event: Sendable { case input, interrupt, resized, continued, terminate }

  /// Interrupts since the last `clearInterrupts`; what `Host.isCancelled` looks at.
  private static let interruptCount = Atomic<Int>(0)
  /// The last terminating signal, or 0.
  private static let terminating = Atomic<Int32>(0)
  private static let writeEnd = Atomic<Int32>(-1)
  /// A second interrupt ends the process at once unless a prompt owns the terminal.
  private static let diesOfSecondInterrupt = Atomic<Bool>(true)
  private let readEnd: Int32

  /// nil when the process has no descriptor left.
  public init?(interactive: Bool) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    readEnd = ends[0]
    SignalPipe.writeEnd.store(ends[1], ordering: .releasing)
    SignalPipe.diesOfSecondInterrupt.store(!interactive, ordering: .releasing)
    for signal in [SIGINT, SIGTERM, SIGHUP] { SignalPipe.install(signal) }
    if interactive { for signal in [SIGWINCH, SIGCONT] { SignalPipe.install(signal) } }
  }

  /// Whether Ctrl-C, SIGTERM or SIGHUP asked for the end of what runs now.
  public static var isCancelled: Bool {
    interruptCount.load(ordering: .relaxed) > 0 || terminating.load(ordering: .relaxed) != 0
  }

  /// The signal by which the process should die, or nil.
  public static var terminatingSignal: Int32? {
    let signal = terminating.load(ordering: .acquiring)
    return signal == 0 ? nil : signal
  }

  public static func clearInterrupts() { interruptCount.store(0, ordering: .releasing) }

  /// Restores the default action and dies by it, so that the shell sees 128 + n.
  public static func die(of signal: Int32) -> Never {
    Glibc.signal(signal, SIG_DFL)
    raise(signal)
    exit(128 + signal)
  }

  /// Waits for a key or a signal.
  public func waitForInput() -> Event {
    while true {
      if SignalPipe.terminatingSignal != nil { return .terminate }
      var descriptors = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&descriptors, 2, -1)
      if count < 0 && errno != EINTR { return .input }
      if let event = takeEvent() { return event }
      if descriptors[0].revents != 0 { return .input }
    }
  }

  private func takeEvent() -> Event? {
    var byte: UInt8 = 0
    guard read(readEnd, &byte, 1) == 1 else { return nil }
    switch Int32(byte) {
    case SIGINT:
      SignalPipe.clearInterrupts()
      return .interrupt
    case SIGWINCH: return .resized
    case SIGCONT: return .continued
    default: return .terminate
    }
  }

  /// Throws away what arrived while nobody was waiting (Ctrl-C during work).
  public func drain() {
    var byte: UInt8 = 0
    while read(readEnd, &byte, 1) == 1 {}
  }

  private static func install(_ signal: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { SignalPipe.received($0) }
    sigemptyset(&action.sa_mask)
    sigaction(signal, &action, nil)
  }

  /// Runs in the handler: atomics and write(2) only.
  private static func received(_ signal: Int32) {
    let saved = errno
    if signal == SIGINT {
      let earlier = interruptCount.add(1, ordering: .acquiringAndReleasing).oldValue
      if earlier > 0 && diesOfSecondInterrupt.load(ordering: .relaxed) { die(of: SIGINT) }
    } else if signal != SIGWINCH && signal != SIGCONT {
      terminating.store(signal, ordering: .releasing)
    }
    var byte = UInt8(truncatingIfNeeded: signal)
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
    errno = saved
  }
}
