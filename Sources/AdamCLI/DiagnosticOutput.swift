// Sends diagnostics to stderr in the chosen form, at most twenty, with a closing count.
import AdamKit
import AdamREPL

/// Collects what one script has to say. Not thread-safe: the session reports from its own thread.
final class DiagnosticOutput {
  private let format: MessageFormat
  private let renderer: DiagnosticRenderer
  private let isQuiet: Bool
  private let beforeWriting: () -> Void
  private(set) var errorCount = 0

  /// `beforeWriting` removes a live progress row.
  init(options: OutputOptions, beforeWriting: @escaping () -> Void) {
    format = options.format
    isQuiet = options.isQuiet
    self.beforeWriting = beforeWriting
    let style: DiagnosticRenderer.Style =
      switch options.format {
      case .human: .human
      case .short: .short
      case .json: .json
      }
    renderer = DiagnosticRenderer(style: style, usesColor: Terminal.wantsColor(options.color, on: 2))
  }

  static let limit = 20

  func show(_ diagnostic: Diagnostic, _ sources: SourceMap) {
    if diagnostic.severity != .error && isQuiet { return }
    if diagnostic.severity == .error {
      errorCount += 1
      if errorCount > DiagnosticOutput.limit && format != .json { return }
    }
    beforeWriting()
    Terminal.printError(renderer.render(diagnostic, sources))
  }

  /// `found 3 errors`, once at the end of a script that had several.
  func close() {
    guard format == .human, errorCount > 1 else { return }
    let more = errorCount - DiagnosticOutput.limit
    if more > 0 { Terminal.printError("and \(more) more\n") }
    Terminal.printError("found \(errorCount) errors\n")
  }
}
