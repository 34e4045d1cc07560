// Passes seen from outside: their list, switching them off, looking at what they make.
import AdamPasses
import AdamSource

extension Session {
  /// A pass as the command line lists it.
  public struct PassDescription: Sendable {
    public let name: String
    /// What it works on: `@main`, `tensor functions`, `memory`.
    public let level: String
    public let purpose: String
    /// Required passes cannot be switched off.
    public let isRequired: Bool
  }

  /// All passes in the order in which they run.
  public static let passes: [PassDescription] = AdamPasses.PassDescription.all.map {
    PassDescription(
      name: $0.name, level: $0.level.rawValue, purpose: $0.purpose, isRequired: $0.necessity != nil)
  }

  /// Refuses names that no pass has, and switching off what is needed.
  static func checkPasses(_ options: Options) throws(Diagnostic) {
    if options.disabledPasses.isEmpty, options.shownPasses.isEmpty { return }
    let known = AdamPasses.PassDescription.all
    for name in options.disabledPasses + options.shownPasses.filter({ $0 != "all" }) {
      guard known.contains(where: { $0.name == name }) else { throw .unknownPass(name, known.map(\.name)) }
    }
    for name in options.disabledPasses {
      guard let reason = known.first(where: { $0.name == name })?.necessity else { continue }
      throw Diagnostic(.badOption, "the pass `\(name)` cannot be disabled: \(reason)", at: nil)
    }
  }

  static func passObserver(_ options: Options) -> ((String, () -> String) -> Void)? {
    guard let show = options.showPass, !options.shownPasses.isEmpty else { return nil }
    let shown = Set(options.shownPasses)
    return { name, text in
      if shown.contains("all") || shown.contains(name) { show(name, text()) }
    }
  }
}

extension Diagnostic {
  fileprivate static func unknownPass(_ name: String, _ known: [String]) -> Diagnostic {
    var diagnostic = Diagnostic(.badOption, "there is no pass `\(name)`", at: nil)
    if let near = nearest(name, in: known) { diagnostic.helps = [Help("did you mean `\(near)`?")] }
    diagnostic.notes = ["`adam ir --passes` lists them"]
    return diagnostic
  }
}
