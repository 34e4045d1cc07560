// The pages behind the codes: what a message means, why it is an error, a script that gives it and the
// same script mended. One entry for each code; tests run both scripts.
import AdamSource

/// The page about one code.
public struct Explanation: Sendable {
  /// What the wrong script needs around it.
  enum Circumstances: Sendable {
    case ordinary
    /// Nothing that the script leaves out is filled in.
    case strict
    /// The script is checked and not run.
    case checked
    /// A budget of a thousand operations.
    case budget
    /// The host asks to stop.
    case cancelled
    /// The host cannot write.
    case fullDisk
    /// An instruction set that no machine has is asked for.
    case otherMachine
    /// `--set rate=1e-3` is given.
    case setting
  }

  public let code: DiagnosticCode
  /// In a few words, lower case, no full stop.
  public let title: String
  /// What it means, why it is refused, how to mend it.
  public let text: String
  /// Gives this code and no other.
  public let wrong: String
  /// Runs without a word.
  public let right: String
  /// Files that the scripts read.
  let files: KeyValuePairs<String, String>
  let circumstances: Circumstances

  init(
    _ code: DiagnosticCode, _ title: String, _ text: String, wrong: String, right: String,
    files: KeyValuePairs<String, String> = [:], circumstances: Circumstances = .ordinary
  ) {
    self.code = code
    self.title = title
    self.text = text
    self.wrong = wrong
    self.right = right
    self.files = files
    self.circumstances = circumstances
  }

  /// All pages, by code. A page is one entry in the list of its family, in this folder.
  public static let all: [Explanation] = [
    characters,
    statements,
    definitions,
    names,
    values,
    shapes,
    training,
    files,
    imports,
    warnings,
    trainingWarnings,
  ].flatMap { $0 }.sorted { $0.code.text < $1.code.text }

  /// By code, or by a warning's name, in any case of letters.
  public static func named(_ word: String) -> Explanation? {
    let word = word.lowercased()
    return all.first { $0.code.text.lowercased() == word || $0.code.name == word }
  }

  /// The code or name that was most likely meant.
  public static func suggestion(for word: String) -> String? {
    let isCode = word.contains { $0.isNumber }
    let candidates = isCode ? all.map(\.code.text) : all.compactMap(\.code.name)
    return nearest(isCode ? word.uppercased() : word.lowercased(), in: candidates)
  }
}

// MARK: As text

extension Explanation {
  /// `E0301`, or `W0203 shadow-builtin`.
  public var heading: String { code.text + (code.name.map { " \($0)" } ?? "") }

  /// The whole page with its final newline.
  public var page: String {
    var parts = ["\(heading): \(title)", "", text, "", "Wrong\(remark):", "", Self.listing(wrong)]
    for (name, content) in files { parts += ["", "with \(name):", "", Self.listing(content)] }
    parts += ["", "Right:", "", Self.listing(right)]
    return parts.joined(separator: "\n") + "\n"
  }

  /// Every code with its title, one a line.
  public static var list: String {
    let width = all.map(\.heading.count).max() ?? 0
    return all.map { page in
      page.heading + String(repeating: " ", count: width + 2 - page.heading.count) + page.title + "\n"
    }.joined()
  }

  private var remark: String {
    switch circumstances {
    case .ordinary, .checked: ""
    case .strict: " in strict mode"
    case .budget: " with a budget of 1000 operations"
    case .cancelled: " when it is interrupted"
    case .fullDisk: " when the output cannot be written"
    case .setting: " with `--set rate=1e-3`"
    case .otherMachine: " when a level is asked for that the machine lacks"
    }
  }

  /// Lines of a script or file, set in; long ones are cut and controls are replaced.
  private static func listing(_ text: String) -> String {
    text.split(separator: "\n").map { line in
      let shown = String(String.UnicodeScalarView(line.unicodeScalars.map { $0.value < 0x20 ? "\u{FFFD}" : $0 }))
      return "    " + (shown.count > 96 ? shown.prefix(95) + "…" : shown)
    }.joined(separator: "\n")
  }
}

// MARK: Names of warnings

/// A word that names no warning, with the one that was most likely meant.
public struct UnknownWarning: Error, Hashable, Sendable {
  public var word: String
  public var meant: String?
}

extension WarningLevels {
  /// Wishes a level for a warning given by name or code, or for all by `warnings`.
  public mutating func wish(_ level: Level, of word: String) throws(UnknownWarning) {
    if word == "warnings" {
      all = level
      return
    }
    guard let page = Explanation.named(word), page.code.name != nil else {
      let names = Explanation.all.flatMap { page in page.code.name.map { [$0, page.code.text] } ?? [] }
      throw UnknownWarning(word: word, meant: nearest(word, in: names + ["warnings"]))
    }
    levels[page.code] = level
  }
}
