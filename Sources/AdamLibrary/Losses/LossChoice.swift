// Which loss a `train` or `eval` uses: the one given, else the one that the target's kind implies.
import AdamIR
import AdamSource

extension LossDefinition {
  /// The registered loss that a value names.
  static func named(by value: Value) -> LossDefinition? {
    guard case .builtin(let builtin) = value else { return nil }
    return LossRegistry[builtin.definition.name]?.configured { name in
      builtin.settings.first { $0.name == name }?.value.exactNumber
    }
  }

  /// real ⇒ mse; k classes with k outputs ⇒ cross_entropy; two classes with one output ⇒
  /// bce_with_logits. Only kinds and shapes decide, no value is looked at.
  static func inferred(target: DataDescription.TargetKind, output: TensorType) -> LossDefinition {
    guard target == .label else { return .mse }
    return output.shape.dimensions.last?.size == 1 ? .bceWithLogits : .crossEntropy
  }

  /// The type in which this loss wants a data set's targets.
  func targetType(for type: TensorType, output: TensorType) -> TensorType {
    guard let rows = type.shape.dimensions.first else { return type }
    switch target {
    case .classes where LossDefinition.areProbabilities(type, for: output): return type
    case .classes where type.shape.rank == 2 && type.shape.dimensions[1].size != 1:
      return TensorType(.i32, type.shape)
    case .classes: return TensorType(.i32, Shape([rows]))
    case .binary where type.element == .i32: return TensorType(.f32, Shape([rows, Dimension(1)]))
    case .real, .binary: return TensorType(.f32, type.shape)
    }
  }
}

extension TrainingLoss {
  /// nil when the value is no loss.
  init?(_ value: Value) {
    if let named = LossDefinition.named(by: value) {
      self.init(named)
    } else if let function = value.layerFunction {
      self.init(function)
    } else {
      return nil
    }
  }

  /// nil when nothing is known of the value, or it is no loss.
  init?(_ value: AbstractValue) {
    if case .known(let known) = value {
      self.init(known)
    } else if let function = value.layerFunction {
      self.init(function)
    } else {
      return nil
    }
  }
}

extension Diagnostic {
  /// In the words of the language: ops such as `nll_loss` are a loss's own business.
  static func lossRefuses(_ error: ShapeError, _ loss: String, at span: Span) -> Diagnostic {
    let message = error.message.replacing(/`[a-z_]+`/, with: "`\(loss)`")
    var diagnostic = Diagnostic(.targetDisagrees, message, at: span)
    if !error.hint.isEmpty { diagnostic.notes = [error.hint] }
    return diagnostic
  }

  static func lossNeedsBoth(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(.missingArgument, "`\(name)` needs a prediction and a target", at: span)
  }
}
