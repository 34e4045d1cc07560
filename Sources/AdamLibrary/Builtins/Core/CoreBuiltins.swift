// The functions of the language that belong to no model: one line each.
import AdamIR
import AdamSource

package enum CoreBuiltins {
  package static let all: [BuiltinDefinition] =
    elementwise + reductions + makers + draws + collections + conversions + shapes + verbs

  static let elementwise: [BuiltinDefinition] = [.abs, .sign, .exp, .log, .sqrt, .sin, .cos, .floor, .round, .pow]
  static let reductions: [BuiltinDefinition] = [.sum, .mean, .max, .min, .argmax, .argmin, .any, .all]
  static let makers: [BuiltinDefinition] = [.tensor, .zeros, .ones, .full, .arange, .linspace]
  static let draws: [BuiltinDefinition] = [.rand, .randn, .randint, .randperm]
  static let collections: [BuiltinDefinition] = [
    .len, .range, .enumerate, .zip, .map, .filter, .append, .extend, .reversed, .sorted,
  ]
  static let conversions: [BuiltinDefinition] = [.int, .number, .str, .close]
  static let shapes: [BuiltinDefinition] = [.reshape, .transpose]
  static let verbs: [BuiltinDefinition] = [.print, .seed, .show]
}

extension ExecutionContext {
  /// Tensor operators of the session.
  func arithmetic(at span: Span) throws(Diagnostic) -> TensorArithmetic {
    TensorArithmetic(try session.engine(at: span))
  }
}

extension BuiltinDefinition {
  /// Argument lists as values that a script has; what is missing is a mistake of the signature.
  static func required(
    _ arguments: BoundArguments<Value>, _ name: String
  ) throws(Diagnostic) -> Value {
    guard let value = arguments[name] else {
      throw Diagnostic(.missingArgument, "`\(name)` is missing", at: arguments.span)
    }
    return value
  }
}
