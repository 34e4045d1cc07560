// The read–evaluate–print loop. Knows the session's calls and a line editor, nothing of the language.
import AdamKit

/// Explores a session at a terminal.
public final class REPL {
  let session: Session
  private let editor: any LineEditor
  let history: HistoryFile?
  private let signals: SignalPipe
  let outside: PromptOutside
  /// Entries that succeeded since the start or the last `:reset`.
  var succeeded: [[UInt8]] = []
  var showsTimes = false
  private var entryCount = 0
  private var lastEntry: [UInt8] = []
  private var historyFailed = false
  private var emptyInterrupts = 0

  public init(
    session: Session, editor: any LineEditor, history: HistoryFile?, signals: SignalPipe, outside: PromptOutside
  ) {
    self.session = session
    self.editor = editor
    self.history = history
    self.signals = signals
    self.outside = outside
  }

  /// Runs until Ctrl-D, `exit` or a terminating signal. Errors of statements are not the loop's.
  public func run() {
    for entry in history?.entries() ?? [] {
      editor.remember(entry)
      lastEntry = entry
    }
    while let entry = readEntry() {
      if REPL.isFarewell(entry) { return }
      record(entry)
      if !runCommand(entry) { execute(entry) }
    }
  }

  /// One entry: a line, or lines until the text is complete. nil ends the loop.
  private func readEntry() -> [UInt8]? {
    var text: [UInt8] = []
    var isContinuation = false
    while true {
      switch editor.readLine(prompt: isContinuation ? "  ... " : "adam> ", isContinuation: isContinuation) {
      case .end:
        // Ctrl-D drops a block that is being typed, and leaves only where nothing is.
        if !isContinuation || SignalPipe.terminatingSignal != nil { return nil }
        text = []
        isContinuation = false
      case .interrupted:
        noteInterrupt(isEmpty: text.isEmpty)
        text = []
        isContinuation = false
      case .line(let line):
        emptyInterrupts = 0
        text += (text.isEmpty ? [] : [0x0A]) + line
        isContinuation = session.isIncomplete(text)
        if !isContinuation && !REPL.isBlank(text) { return text }
        if !isContinuation { text = [] }
      }
    }
  }

  private func noteInterrupt(isEmpty: Bool) {
    emptyInterrupts = isEmpty ? emptyInterrupts + 1 : 0
    if emptyInterrupts == 2 { output("(Ctrl-D leaves)\n") }
  }

  private func execute(_ entry: [UInt8]) {
    entryCount += 1
    execute(entry, name: "<repl:\(entryCount)>")
  }

  /// Runs a text, shows its value, and keeps it when it succeeded.
  func execute(_ text: [UInt8], name: String) {
    SignalPipe.clearInterrupts()
    let started = outside.now()
    let outcome = session.execute(text, name: name)
    signals.drain()
    if let shown = session.shownResult { output(shown + "\n") }
    if showsTimes { output("\(PromptCommand.seconds(outside.now() - started)) s\n") }
    if outcome == .completed { succeeded.append(text) }
    SignalPipe.clearInterrupts()
  }

  func output(_ text: String) { outside.output(text) }
  func warn(_ line: String) { outside.warn(line) }

  /// `:help` and its kin, and `?name`; false for a statement.
  private func runCommand(_ entry: [UInt8]) -> Bool {
    if let name = REPL.question(entry) {
      explain(name)
      return true
    }
    guard entry.first == 0x3A else { return false }
    let text = String(decoding: entry.dropFirst(), as: UTF8.self)
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let argument = words.count > 1 ? words[1].trimmed : ""
    guard let command = PromptCommand.named(words.first ?? "") else {
      warn("unknown command :\(words.first ?? "") (try :help)")
      return true
    }
    run(command, argument)
    return true
  }

  /// The name in `?name` or `name?`, or the sign in `?@`.
  package static func question(_ entry: [UInt8]) -> String? {
    let word = String(decoding: entry, as: UTF8.self).split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    guard word.count > 1, word.hasPrefix("?") != word.hasSuffix("?") else { return nil }
    let name = word.hasPrefix("?") ? word.dropFirst() : word.dropLast()
    let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    let isSign = word.hasPrefix("?") && Documentation(of: String(name)) != nil
    return isName || isSign ? String(name) : nil
  }

  func explain(_ name: String) {
    switch Documentation.answer(to: name) {
    case .found(let text): output(text)
    case .unknown(let message): warn(message)
    }
  }

  /// Consecutive duplicates are kept once; a leading space keeps an entry out of the file.
  private func record(_ entry: [UInt8]) {
    guard entry.first != 0x20, entry != lastEntry else { return }
    lastEntry = entry
    editor.remember(entry)
    guard let history, !historyFailed, !history.append(entry) else { return }
    historyFailed = true
    warn("warning: cannot write the history file \(history.path)")
  }

  private static func isBlank(_ text: [UInt8]) -> Bool {
    text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  private static func isFarewell(_ text: [UInt8]) -> Bool {
    let word = String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\t" }
    guard word.count == 1, let only = word.first else { return false }
    return only == "exit" || only == "quit"
      || (only.first == ":" && PromptCommand.named(String(only.dropFirst())) == .quit)
  }
}
