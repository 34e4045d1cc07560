// A terminal under tmux with its own server, driven by keys and read as a screen.
import Foundation

public final class TerminalSession {
  private let server = "adam-\(UUID().uuidString.prefix(8))"

  public struct TimedOut: Error, CustomStringConvertible {
    public var marker: String
    public var screen: String
    public var description: String { "no `\(marker)` on the screen within the time:\n\(screen)" }
  }

  /// Starts `command` in a shell whose prompt is `$ `.
  public init(_ command: String, environment: [String: String] = [:], width: Int = 80) throws {
    tmux("-f", "/dev/null", "new-session", "-d", "-s", "p", "-x", "\(width)", "-y", "40",
      "env PS1='$ ' bash --norc --noprofile")
    try wait(until: "the shell's prompt") { $0.contains("$") }
    let settings = environment.map { "\($0.key)='\($0.value)' " }.sorted().joined()
    type("\(settings)\(command)")
    key("Enter")
  }

  deinit { tmux("kill-server") }

  /// tmux takes a trailing `;` for its own separator.
  public func type(_ text: String) {
    let safe = text.hasSuffix(";") ? text.dropLast() + "\\;" : text
    tmux("send-keys", "-t", "p", "-l", String(safe))
  }

  public func key(_ names: String...) {
    for name in names { tmux("send-keys", "-t", "p", name) }
  }

  /// Kills what runs in the terminal's shell, and nothing else.
  public func killProgram() throws {
    let shell = tmux("display-message", "-p", "-t", "p", "#{pane_pid}").split(separator: "\n").first ?? ""
    _ = try AdamProgram.shell("pkill -KILL -P \(shell)")
  }

  public func enter(_ text: String) {
    type(text)
    key("Enter")
  }

  /// Pastes as a terminal does, bracketed when the program asked for it.
  public func paste(_ text: String) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(server)-paste")
    try Data(text.utf8).write(to: file)
    tmux("load-buffer", "-b", "b", file.path)
    tmux("paste-buffer", "-p", "-b", "b", "-t", "p")
    try? FileManager.default.removeItem(at: file)
  }

  public var screen: String { tmux("capture-pane", "-p", "-S", "-200", "-t", "p") }

  /// Waits until the screen holds `marker`, and returns the screen.
  @discardableResult
  public func wait(for marker: String, seconds: Double = 90) throws -> String {
    // tmux gives lines without the spaces at their ends.
    var visible = marker
    while visible.last == " " { visible.removeLast() }
    return try wait(until: marker, seconds: seconds) { $0.contains(visible) }
  }

  /// Waits until the screen satisfies `condition`; `what` names it in the failure.
  @discardableResult
  public func wait(
    until what: String, seconds: Double = 90, _ condition: (String) -> Bool
  ) throws -> String {
    let end = Date().addingTimeInterval(seconds)
    var last = ""
    while Date() < end {
      last = screen
      if condition(last) { return last }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw TimedOut(marker: what, screen: last)
  }

  @discardableResult
  private func tmux(_ arguments: String...) -> String {
    let all = ["tmux", "-u", "-L", server] + arguments
    return (try? AdamProgram.spawn(all, input: "", AdamProgram.baseEnvironment, nil))?.output ?? ""
  }
}
