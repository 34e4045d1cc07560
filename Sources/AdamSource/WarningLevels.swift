// Which warnings a user does not want to see, and which count as errors.

/// Wishes about warnings, by code. A wish about one warning weighs more than one about all.
public struct WarningLevels: Hashable, Sendable {
  public enum Level: Hashable, Sendable {
    /// Left out.
    case allow
    /// An error.
    case deny
  }

  /// The last wish about each code counts.
  public var levels: [DiagnosticCode: Level] = [:]
  /// What is wished of all warnings.
  public var all: Level?

  public init() {}

  /// The diagnostic as wished; nil when it is left out. Errors stay, and so do notes of which nothing
  /// is wished by name.
  public func applied(to diagnostic: Diagnostic) -> Diagnostic? {
    guard diagnostic.code.name != nil, diagnostic.severity != .error else { return diagnostic }
    switch levels[diagnostic.code] ?? (diagnostic.severity == .warning ? all : nil) {
    case nil: return diagnostic
    case .allow: return nil
    case .deny:
      var denied = diagnostic
      denied.severity = .error
      return denied
    }
  }
}
