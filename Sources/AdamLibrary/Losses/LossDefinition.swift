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
  /// Appends the loss, a rank-0 value. Nothing stretches: shapes are equal or it throws.
  package let trace:
    @Sendable (inout TensorFunction, ValueID, ValueID, Span?) throws(ShapeError) -> ValueID
}

package enum LossRegistry {
  package static let all: [LossDefinition] = [
    .mse,
    .crossEntropy,
    .bceWithLogits,
  ]

  package static subscript(name: String) -> LossDefinition? { all.first { $0.name == name } }
}
