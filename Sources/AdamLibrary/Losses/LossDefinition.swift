// A loss as a value: its settings and how it is traced. One file each, one line in `LossRegistry`.
import AdamIR
import AdamSource

/// What a loss compares the prediction with.
package enum LossTarget: Hashable, Sendable {
  /// Numbers of the prediction's shape.
  case real
  /// A class per row; the prediction has a score per class.
  case classes
  /// 0 or 1 in the prediction's shape.
  case binary
}

package struct LossDefinition: Sendable {
  /// torch's name in lower snake case: `mse`, `cross_entropy`.
  package let name: String
  package let summary: String
  package let target: LossTarget
  package let signature: Signature
  package let example: String
  package var page = Page()
  /// What was set, by name; the rest is as the signature has it.
  package var settings: [String: Double] = [:]
  fileprivate let formula: Formula

  package typealias Formula = @Sendable (
    LossDefinition, inout TensorFunction, ValueID, ValueID, Span?
  ) throws(ShapeError) -> ValueID

  /// - Parameter trace: Gets the loss with its settings, prediction and target.
  init(
    name: String, summary: String, target: LossTarget, signature: Signature, example: String, page: Page = Page(),
    trace: @escaping Formula
  ) {
    self.name = name
    self.summary = summary
    self.target = target
    self.signature = signature
    self.example = example
    self.page = page
    formula = trace
  }

  /// Appends the loss, a rank-0 value. Nothing stretches: shapes are equal or it throws.
  package func trace(
    _ function: inout TensorFunction, _ prediction: ValueID, _ target: ValueID, _ span: Span?
  ) throws(ShapeError) -> ValueID {
    try formula(self, &function, prediction, target, span)
  }

  /// A setting: what was given, else the signature's default.
  func setting(_ name: String) -> Double? {
    if let given = settings[name] { return given }
    guard case .number(let standard)? = signature.parameters.first(where: { $0.name == name })?.defaultValue
    else { return nil }
    return standard
  }

  /// With the settings of a call, or of a configured loss.
  func configured(_ number: (String) -> Double?) -> LossDefinition {
    var loss = self
    for parameter in settingParameters { loss.settings[parameter.name] = number(parameter.name) }
    return loss
  }

  /// The parameters beside prediction and target.
  var settingParameters: ArraySlice<ParameterDefinition> { signature.parameters.dropFirst(2) }
}

package enum LossRegistry {
  package static let all: [Listed<LossDefinition>] = [
    .init("mse", .mse),
    .init("l1", .l1),
    .init("huber", .huber),
    .init("cross_entropy", .crossEntropy),
    .init("nll", .nll),
    .init("bce_with_logits", .bceWithLogits),
  ]

  package static subscript(name: String) -> LossDefinition? { all.named(name) }
}
