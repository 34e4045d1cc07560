// GNU readline through its callback interface and our own poll loop: a blocking `readline()` would
// return from Ctrl-C only after one more key, and eat that key. The one file that touches readline.
#if Readline
  import AdamKit
  import CReadline
  import Glibc

  /// Line editing, recall, completion and bracketed paste.
  public final class ReadlineEditor: LineEditor {
    private let signals: SignalPipe

    /// `complete` gives what may stand at the cursor (a byte offset) of a line.
    public init(signals: SignalPipe, complete: @escaping ([UInt8], Int) -> PromptCompletion) {
      self.signals = signals
      ReadlineState.complete = complete
      adam_rl_setup("adam")
      using_history()
      stifle_history(Int32(HistoryFile.limit))
      adam_rl_set_completion(completeWord)
    }

    public func remember(_ entry: [UInt8]) {
      var text = entry.map { CChar(bitPattern: $0) }
      text.append(0)
      add_history(text)
    }

    public func readLine(prompt: String, isContinuation: Bool) -> LineInput {
      ReadlineState.answer = nil
      rl_callback_handler_install(prompt, lineArrived)
      while true {
        switch signals.waitForInput() {
        case .input: rl_callback_read_char()
        case .interrupt: return interrupted()
        case .resized: rl_resize_terminal()
        case .continued: redraw()
        case .terminate:
          rl_callback_handler_remove()
          return .end
        }
        if let answer = ReadlineState.answer { return answer }
      }
    }

    private func interrupted() -> LineInput {
      rl_free_line_state()
      rl_callback_sigcleanup()
      writeAll(Array("^C\n".utf8), to: STDOUT_FILENO)
      rl_callback_handler_remove()
      return .interrupted
    }

    /// After Ctrl-Z and `fg` the terminal is no longer raw and the line is gone.
    private func redraw() {
      adam_rl_prepare()
      rl_on_new_line()
      rl_forced_update_display()
    }
  }

  /// Readline's callbacks carry no context, so what they need stands here. Used by the thread that
  /// prompts and by no other.
  private enum ReadlineState {
    nonisolated(unsafe) static var answer: LineInput?
    nonisolated(unsafe) static var complete: ([UInt8], Int) -> PromptCompletion = { _, _ in .words([]) }
    nonisolated(unsafe) static var matches: [String] = []
  }

  private func lineArrived(_ line: UnsafeMutablePointer<CChar>?) {
    rl_callback_handler_remove()
    guard let line else {
      writeAll([0x0A], to: STDOUT_FILENO)
      ReadlineState.answer = .end
      return
    }
    ReadlineState.answer = .line(bytes(of: line))
    free(line)
  }

  private func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeBufferPointer(start: text, count: strlen(text))).map { UInt8(bitPattern: $0) }
  }

  private func completeWord(
    _ text: UnsafePointer<CChar>?, _ start: Int32, _ end: Int32
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    guard let text, let buffer = adam_rl_line() else { return nil }
    let line = bytes(of: buffer)
    let cursor = min(max(0, Int(adam_rl_point())), line.count)
    adam_rl_completion_is_ours()
    switch ReadlineState.complete(line, cursor) {
    case .words(let words): ReadlineState.matches = words.map { $0.text + $0.suffix }.reversed()
    case .files(let path, let isString):
      // Readline replaces its own word, which may be the end of the path only.
      let word = String(cString: text)
      ReadlineState.matches = FileNames.rests(of: path, isString: isString).map { word + $0 }.reversed()
    }
    return adam_rl_matches(text, nextMatch)
  }

  private func nextMatch(_ text: UnsafePointer<CChar>?, _ state: Int32) -> UnsafeMutablePointer<CChar>? {
    ReadlineState.matches.popLast().flatMap { strdup($0) }
  }
#endif
