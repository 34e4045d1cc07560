// Everything the runtime can refuse, as values. Whoever knows the source places makes a diagnostic.
import AdamIR

package enum RuntimeError: Error, Hashable, Sendable {
  case allocation(AllocationError)
  /// Operands that do not go together.
  case shape(ShapeError)
  /// The processor lacks the level that was asked for.
  case unsupportedLevel(InstructionSet, available: InstructionSet)
  /// Outside 1 … 64.
  case threadCount(Int)
  /// An index outside the axis: the place in the index tensor, its value, the size of the axis.
  case index(position: Int, value: Int, size: Int)
  /// Stopped from outside.
  case cancelled
  /// The function cannot be planned: a mistake of ours, not the user's. The text says which.
  case plan(String)

  /// Lower case, no full stop, the user's words.
  package var message: String {
    switch self {
    case .allocation(let error): error.message
    case .shape(let error): error.message
    case .unsupportedLevel(let level, let available):
      "this processor cannot run level \(level.rawValue): the highest is \(available.rawValue)"
    case .threadCount(let count): "\(count) threads is out of range: use 1 to 64"
    case .index(_, let value, let size): "index \(value) is out of range for \(size) entries"
    case .cancelled: "interrupted"
    case .plan(let reason): "cannot plan this computation: \(reason)"
    }
  }
}

extension AllocationError {
  /// `a tensor of shape [1000, 1000000] needs 4.0 GB; the limit is 1.2 GB`
  package var message: String {
    let subject = shape.map { "a tensor of shape \(Shape(sizes: $0).text)" } ?? "this computation"
    guard let byteCount else { return "\(subject) is too large for any memory" }
    let need = "\(subject) needs \(Self.amount(byteCount))"
    guard let limit else { return "\(need), which the system refuses" }
    if byteCount > limit { return "\(need); the limit is \(Self.amount(limit))" }
    // What the budget counts beside the elements of a tensor is about a kilobyte at most.
    if byteCount > limit - used - 1024 {
      return "\(need), and tensors take \(Self.amount(used)) already; the limit is \(Self.amount(limit))"
    }
    return "\(need), which the system refuses"
  }

  /// `512 bytes`, `3.2 MB`: one decimal, powers of ten.
  static func amount(_ bytes: Int) -> String {
    var value = bytes
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    while value >= 1_000_000, unit < units.count - 2 {
      value /= 1000
      unit += 1
    }
    if value < 1000 { return "\(value) \(units[unit])" }
    return "\(value / 1000).\(value % 1000 / 100) \(units[unit + 1])"
  }
}
