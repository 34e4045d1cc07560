// Warnings about a training step: patterns of its function and facts about its rows. Each is certain,
// none depends on a guess about what the script is for.
import AdamData
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

extension DiagnosticCode {
  package static let doubleSoftmax = DiagnosticCode("W0411", name: "double-softmax")
  package static let doubleSigmoid = DiagnosticCode("W0405", name: "double-sigmoid")
  package static let unreachedParameter = DiagnosticCode("W0406", name: "unreached-parameter")
  package static let outsideParameter = DiagnosticCode("W0412", name: "outside-parameter")
  package static let columnScales = DiagnosticCode("W0408", name: "column-scales")
  package static let reluOutput = DiagnosticCode("W0409", name: "relu-output")
}

extension ModelTracer {
  /// What the function of a step itself shows, as far as it has been traced.
  func warnings(of loss: TrainingLoss, at span: Span) -> [Diagnostic] {
    let makers = Makers(function)
    var found: [Diagnostic] = []
    for operation in function.operations {
      switch operation.op {
      case .nllLoss:
        if let second = makers.maker(of: operation.operands[0], .logSoftmax),
          let first = makers.maker(of: second.operands[0], .softmax)
        {
          found.append(.doubleSoftmax(first.span, loss: span))
        }
      case .bceWithLogits:
        if let first = makers.maker(of: operation.operands[0], .sigmoid) {
          found.append(.doubleSigmoid(first.span, loss: span))
        }
      default: break
      }
    }
    if loss.function == nil, loss.definition.target == .real, let prediction,
      let last = makers.maker(of: prediction, .relu)
    {
      found.append(.reluOutput(last.span, loss: span))
    }
    return found
  }

  /// Parameters of the model that may change and that the loss does not depend on.
  func unreached(in model: Layer) -> [String] {
    guard let loss = function.results.first?.value else { return [] }
    let reached = Set(function.parametersReached(from: loss))
    return model.namedParameters.filter { named in
      !named.parameter.isFrozen && !reached.contains(parameter(named.parameter))
    }.map(\.name)
  }
}

extension ModelTracer {
  /// Parameters that the step changes and that are no part of the model.
  func outside(_ model: Layer) -> [LayerParameter] {
    guard let loss = function.results.first?.value else { return [] }
    let own = Set(model.namedParameters.map { ObjectIdentifier($0.parameter) })
    let others = parameters.map(\.parameter).filter { !$0.isFrozen && !own.contains(ObjectIdentifier($0)) }
    guard !others.isEmpty else { return [] }
    let reached = Set(function.parametersReached(from: loss))
    return others.filter { reached.contains(parameter($0)) }
  }
}

/// Which operation made each value.
private struct Makers {
  private var operations: [ValueID: Operation] = [:]

  init(_ function: TensorFunction) {
    for operation in function.operations {
      for result in operation.results { operations[result] = operation }
    }
  }

  /// The operation of this kind that made the value, past those that only arrange numbers anew.
  func maker(of value: ValueID, _ op: OpDefinition) -> Operation? {
    var value = value
    while let operation = operations[value] {
      if operation.op == op { return operation }
      guard operation.op.traits.contains(.view), let source = operation.operands.first else { return nil }
      value = source
    }
    return nil
  }
}

extension TrainingLoop {
  /// What can only be told with the rows at hand and functions of the script traced.
  func warnings() -> [Diagnostic] {
    let step = plans.step
    var found = step.warnings(of: request.loss, at: request.span)
    let unreached = step.unreached(in: request.model)
    if !unreached.isEmpty { found.append(.unreachedParameter(unreached, request.model, at: request.span)) }
    let outside = step.outside(request.model)
    if !outside.isEmpty {
      let parts = outside.map { ($0, step.owner(of: $0)) }
      found.append(.outsideParameters(parts, request.model, opening: "training also changes", at: request.span))
    }
    if let scales = request.data.scales, !request.model.startsWithNorm {
      found.append(.columnScales(scales, request.data.description, at: request.span))
    }
    return found
  }
}

extension Layer {
  /// Its first layer brings every column to one scale.
  fileprivate var startsWithNorm: Bool { leaves.first?.layer.definition.name.hasPrefix("batch_norm") == true }
}

/// Two columns whose numbers differ much more from each other than from row to row.
struct ColumnScales {
  var narrow: (column: Int, deviation: Double)
  var wide: (column: Int, deviation: Double)
}

extension DataSet {
  /// So many times as wide as another column counts as wildly different.
  private static let wildRatio = 1000.0
  /// So many rows tell the width of a column; a training must not wait for more.
  private static let mostRows = 1_000

  /// The narrowest and the widest input column when they differ wildly; nil for data that was scaled,
  /// is no table, or is the sanity sample. Constant columns have no scale. Looked for once.
  var scales: ColumnScales? {
    if let known = knownScales { return known.scales }
    let found = foundScales
    knownScales = KnownScales(scales: found)
    return found
  }

  private var foundScales: ColumnScales? {
    guard units.inputs == nil, description.origin != "sample", inputs.sizes.count == 2, featureCount > 1,
      let values = inputs.floatStorage
    else { return nil }
    let deviations = Self.deviations(values, rows: min(rowCount, Self.mostRows), columns: featureCount)
    let widths = deviations.enumerated().filter { $0.element > 0 && $0.element.isFinite }
      .map { (column: $0.offset, deviation: $0.element) }
    guard let narrow = widths.min(by: { $0.deviation < $1.deviation }),
      let wide = widths.max(by: { $0.deviation < $1.deviation }),
      wide.deviation >= Self.wildRatio * narrow.deviation
    else { return nil }
    return ColumnScales(narrow: narrow, wide: wide)
  }

  /// The standard deviation of every column of the first rows.
  private static func deviations(_ values: UnsafeMutableBufferPointer<Float>, rows: Int, columns: Int) -> [Double] {
    let count = Double(max(1, rows))
    var means = [Double](repeating: 0, count: columns)
    var squares = means
    for row in 0..<rows { for j in 0..<columns { means[j] += Double(values[row * columns + j]) / count } }
    for row in 0..<rows {
      for j in 0..<columns {
        let distance = Double(values[row * columns + j]) - means[j]
        squares[j] += distance * distance / count
      }
    }
    return squares.map { $0.squareRoot() }
  }
}

/// What was found, if anything: the answer of a look that need not be taken again.
struct KnownScales {
  var scales: ColumnScales?
}

extension Double {
  /// For messages: 1234.5 is 1200.
  fileprivate var roundedToTwoDigits: Double {
    var unit = 1.0
    while magnitude >= 100 * unit { unit *= 10 }
    while magnitude * (1 / unit) < 10 && unit > 1e-300 { unit /= 10 }
    let whole = (self / unit).rounded()
    return unit >= 1 ? whole * unit : whole / (1 / unit).rounded()
  }
}

extension Diagnostic {
  private static func step(
    _ code: DiagnosticCode, _ message: String, at place: Span?, _ label: String, loss: Span, _ lossLabel: String
  ) -> Diagnostic {
    var diagnostic = Diagnostic(code, message, at: place ?? loss, label: label, severity: .warning)
    if place != nil { diagnostic.labels = [Label(loss, lossLabel)] }
    return diagnostic
  }

  fileprivate static func doubleSoftmax(_ place: Span?, loss: Span) -> Diagnostic {
    var diagnostic = step(
      .doubleSoftmax, "softmax is applied twice: `cross_entropy` takes scores and applies it itself", at: place,
      "the first softmax", loss: loss, "the second is in the loss of this training")
    diagnostic.notes = ["twice, it flattens the differences between classes, and learning slows down"]
    diagnostic.helps = [Help("leave it out of the model; `softmax(model(x))` gives the probabilities")]
    return diagnostic
  }

  fileprivate static func doubleSigmoid(_ place: Span?, loss: Span) -> Diagnostic {
    var diagnostic = step(
      .doubleSigmoid, "sigmoid is applied twice: `bce_with_logits` takes scores and applies it itself", at: place,
      "the first sigmoid", loss: loss, "the second is in the loss of this training")
    diagnostic.helps = [Help("leave it out of the model; `sigmoid(model(x))` gives the probabilities")]
    return diagnostic
  }

  fileprivate static func reluOutput(_ place: Span?, loss: Span) -> Diagnostic {
    var diagnostic = step(
      .reluOutput, "the model ends in `relu`, so it cannot give a number below 0", at: place,
      "where it gives 0 nothing is learned", loss: loss, "a regression")
    diagnostic.helps = [Help("end the model with the `linear` layer before it")]
    return diagnostic
  }

  fileprivate static func unreachedParameter(_ names: [String], _ model: Layer, at span: Span) -> Diagnostic {
    let shown = names.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    let them = names.count == 1 ? "it" : "them"
    var diagnostic = Diagnostic(
      .unreachedParameter, "the loss does not depend on \(shown), so training does not change \(them)", at: span,
      severity: .warning)
    diagnostic.labels = [Label(model.span, "\(counted(names.count, "parameter")) of this model")]
    diagnostic.helps = [Help("use it in the function of its layer, or take it out; `freeze` says that it is meant")]
    return diagnostic
  }

  /// What a model uses without holding it, in a derivative by the model.
  static func outsideGradient(
    _ strangers: [LayerParameter], _ tracer: ModelTracer, _ model: Layer, at span: Span
  ) -> Diagnostic {
    let parts = strangers.map { ($0, tracer.owner(of: $0)) }
    var diagnostic = outsideParameters(parts, model, opening: "the gradients leave out", at: span)
    diagnostic.notes = ["a step with these gradients changes what the model holds, and nothing else"]
    return diagnostic
  }

  /// - Parameters:
  ///   - parts: parameters with the layers that used them, where that is known.
  ///   - opening: what happens to them, `training also changes`.
  fileprivate static func outsideParameters(
    _ parts: [(parameter: LayerParameter, layer: Layer?)], _ model: Layer, opening: String, at span: Span
  ) -> Diagnostic {
    var seen: Set<ObjectIdentifier> = []
    let named = parts.filter { part in
      seen.insert(part.layer.map { ObjectIdentifier($0) } ?? ObjectIdentifier(part.parameter)).inserted
    }
    let shown = named.prefix(3).map { part in
      part.layer.map { "`\($0.text())`" } ?? "a parameter `\(part.parameter.name)`"
    }
    let rest = named.count - shown.count
    let what = shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    let which = named.count == 1 ? "is no part" : "are no parts"
    var diagnostic = Diagnostic(
      .outsideParameter, "\(opening) \(what), which \(which) of the model", at: span, severity: .warning)
    diagnostic.labels = named.prefix(3).compactMap { part in part.layer.map { Label($0.span, "made here") } }
    diagnostic.labels.append(Label(model.span, "the model"))
    diagnostic.notes = ["`save`, `copy`, `freeze` and gradients by the model leave it out"]
    diagnostic.helps = [
      Help("put it into the model: into the `seq`, or under a name in a `layer`; `freeze` keeps it as it is")
    ]
    return diagnostic
  }

  fileprivate static func columnScales(_ scales: ColumnScales, _ data: DataDescription, at span: Span) -> Diagnostic {
    func name(_ column: Int) -> String {
      guard let names = data.inputColumns, names.indices.contains(column) else { return "column \(column)" }
      return "`\(names[column])`"
    }
    func size(_ x: Double) -> String { messageText(x.roundedToTwoDigits) }
    var diagnostic = Diagnostic(
      .columnScales,
      "the inputs differ wildly in scale: \(name(scales.wide.column)) varies by \(size(scales.wide.deviation)), "
        + "\(name(scales.narrow.column)) by \(size(scales.narrow.deviation))", at: span, severity: .warning)
    if data.span != span { diagnostic.labels = [Label(data.span, "the data is made here")] }
    diagnostic.notes = ["found before the first step; one learning rate cannot fit both"]
    diagnostic.helps = [Help("scale the columns where the data is made: `|> standardize()`, after a `split`")]
    return diagnostic
  }
}
