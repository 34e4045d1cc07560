// Schedules as values: one, or several with `then`. A value is a record, so it is copied, compared and
// saved like any other.
import AdamIR
import AdamSource

enum Schedule {
  /// The kind of record that a schedule is.
  static let kind = "schedule"

  /// `a then b`. Every part but the last has a length.
  static func joined(_ a: Value, _ b: Value, at span: Span) throws(Diagnostic) -> Value {
    let (first, second) = (try parts(a, at: span), try parts(b, at: span))
    // Inside of each side that has been seen to.
    if let last = first.last { try requireLength(last, at: span) }
    return .record(RecordBox([.init("parts", .list(ListBox(first + second)))], kind: kind))
  }

  /// The parts of a chain; a number, a function and a single schedule are one part.
  static func parts(_ value: Value, at span: Span) throws(Diagnostic) -> [Value] {
    switch value {
    case .record(let box) where box.kind == kind: return box["parts"]?.elements ?? [value]
    case .function: return [value]
    default:
      guard value.exactNumber != nil else {
        throw Diagnostic(.wrongKind, "`then` joins schedules and numbers, found \(value.foundText)", at: span)
      }
      return [value]
    }
  }

  static func settings(_ part: Value) -> ScheduleSettings? {
    guard case .record(let box) = part, box.kind == kind,
      let definition = box["schedule"]?.exactString.flatMap({ ScheduleRegistry[$0] })
    else { return nil }
    return ScheduleSettings(definition: definition, given: Array(box.fields.dropFirst()))
  }

  private static func requireLength(_ part: Value, at span: Span) throws(Diagnostic) {
    let settings = settings(part)
    if let settings, settings.needsEpochs || settings.definition.length(settings) != nil { return }
    let name = settings?.definition.name
    var diagnostic = Diagnostic(
      .scheduleLength,
      "\(name.map { "`\($0)`" } ?? part.foundText) has no end, so nothing can come after it", at: span)
    diagnostic.helps = [
      Help(
        name.map { "say how long it lasts: `\($0)(…, steps=100)`, or `steps=epochs(5)`" }
          ?? "write `constant_lr(…, factor=1, total_iters=100)` for a rate that lasts 100 steps")
    ]
    throw diagnostic
  }

  /// `warmup(100) then cosine(peak=0.003)`: as a script writes it.
  static func text(_ value: Value) -> String {
    if value.epochCount != nil { return shown(value) }
    if let parts = recordParts(value) { return parts.map { text($0) }.joined(separator: " then ") }
    guard let settings = settings(value) else { return value.text(depth: 0) }
    // A base or a count explains itself by its place.
    let given = settings.given.map { (["base", "n"].contains($0.name) ? "" : "\($0.name)=") + shown($0.value) }
    return "\(settings.definition.name)(\(given.joined(separator: ", ")))"
  }

  private static func recordParts(_ value: Value) -> [Value]? {
    guard case .record(let box) = value, box.kind == kind else { return nil }
    return box["parts"]?.elements
  }

  private static func shown(_ value: Value) -> String {
    if let epochs = value.epochCount { return "epochs(\(messageText(epochs)))" }
    return value.exactNumber.map { messageText($0) } ?? value.text(depth: 0)
  }
}

extension DiagnosticCode {
  /// A schedule's length and its training do not go together.
  package static let scheduleLength = DiagnosticCode("E0409")
}
