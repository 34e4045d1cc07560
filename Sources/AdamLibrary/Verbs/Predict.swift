// predict: answers in the user's units: real values unscaled, labels as in the file.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum PredictVerb {
  static let builtin = BuiltinDefinition(
    name: "predict", group: "verb", summary: "What the model says about rows, in the file's units.",
    signature: Signature([
      ParameterDefinition("x", .any, "a data set, or rows in the file's units"),
      ParameterDefinition("model", .layer, "who answers", isImplicit: true),
      ParameterDefinition(
        "probs", .bool, "probabilities instead of labels", default: .bool(false),
        isKeywordOnly: true),
    ]),
    example: "model = linear(1, 1)\nprint predict([[1], [2]]).shape  # prints: [2, 1]",
    page: Page(
      "Inputs are scaled as the training data were, real answers scaled back, classes named as in the file.",
      shape: "[rows, features] → [rows, outputs], or a list of labels", see: ["eval", "train", "standardize"]),
    rowUse: .looks,
    check: { context, arguments in
      if arguments["model"] == nil { context.report(.noModel("predict", at: arguments.span)) }
      do throws(Diagnostic) { try check(context, arguments) } catch { context.report(error) }
      return .unknown
    },
    run: { context, arguments throws(Diagnostic) in
      guard case .layer(let model)? = arguments["model"] else {
        throw .noModel("predict", at: arguments.span)
      }
      let inputs = try inputs(arguments["x"] ?? .none, model, at: arguments.place(of: "x"))
      let outputs = try model.outputs(for: inputs, context.session, at: arguments.span)
      if model.units.labels != nil {
        return try arguments.bool("probs") == true
          ? probabilities(outputs, context.session, at: arguments.span)
          : .list(ListBox(labels(outputs, model.units)))
      }
      return .tensor(try unscaled(outputs, model.units, at: arguments.span).asRows(
        model.units.targets == nil ? nil : .file))
    })

  private static func check(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) throws(Diagnostic) {
    guard let model = arguments.layer("model"), let x = arguments["x"] else { return }
    let place = arguments.place(of: "x")
    var type: TensorType?
    if let data = x.asData {
      if !data.parts.isEmpty { throw .needsPart("predict", data.parts, data, at: place) }
      type = data.inputType
    } else if let pair = x.asElements, pair.count == 2, case .tuple = x.kindOfValue {
      type = try DataDescription.of(x, at: place)?.inputType
    } else {
      try x.checkTensor(at: place)
      type = x.tensorType
    }
    // A model that was given rows of one number, or a single row, says so itself when it runs.
    guard let type, type.shape.rank > 0 else { return }
    let trace = try model.traced(on: type, called: place, caller: context.session.functionTracer)
    if let structure = trace.structure {
      throw .givesStructure("the prediction", AbstractValue.typed(structure).foundText, model, at: arguments.span)
    }
  }

  /// Rows of a data set are as the network sees them; others are scaled like the training data.
  private static func inputs(
    _ value: Value, _ model: Layer, at span: Span
  ) throws(Diagnostic) -> Tensor {
    if case .data(let data) = value {
      if !data.parts.isEmpty {
        throw .needsPart("predict", data.parts.map(\.name), data.description, at: span)
      }
      return data.inputs
    }
    // `(x, y)` as `data` has it: the answers are about x.
    if case .tuple(let pair) = value, pair.elements.count == 2 {
      return try value.dataSet(at: span).inputs
    }
    let tensor = try value.tensor(at: span)
    guard let scaling = model.units.inputs, tensor.sizes.last == scaling.columnCount else {
      return tensor
    }
    do throws(AllocationError) {
      return try Tensor(tensor.sizes, floats: scaling.apply(tensor.floats.map { Double($0) }))
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }

  private static func labels(_ outputs: Tensor, _ units: DataUnits) -> [Value] {
    let names = units.labels ?? []
    return outputs.decidedClasses().map { index in
      guard names.indices.contains(index) else { return .number(Double(index)) }
      if units.hasNumericLabels, let number = Double(names[index]) { return .number(number) }
      return .string(StringBox(names[index]))
    }
  }

  private static func probabilities(
    _ outputs: Tensor, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Value {
    let isBinary = outputs.sizes.last == 1
    var function = TensorFunction(name: "probabilities")
    let x = function.addParameter(outputs.type, name: "x", role: .input)
    do throws(ShapeError) {
      let axis = outputs.sizes.count - 1
      let y =
        isBinary
        ? try function.emit(.sigmoid, [x], span: span)
        : try function.emit(.softmax, [x], Attributes(["axis": .int(axis)]), span: span)
      function.results = [FunctionResult(y, "output")]
    } catch {
      throw .lossRefuses(error, "predict", at: span)
    }
    let plan = try session.plan(for: function, at: span)
    do throws(RuntimeError) {
      try plan.bind(0, to: outputs)
      plan.run()
      return .tensor(try plan.result(0))
    } catch {
      throw .runtime(error, at: span)
    }
  }

  private static func unscaled(
    _ outputs: Tensor, _ units: DataUnits, at span: Span
  ) throws(Diagnostic) -> Tensor {
    guard let scaling = units.targets, scaling.columnCount > 0 else { return outputs }
    let values = outputs.floats.enumerated().map { place, value in
      flushedFloat(scaling.undo(Double(value), column: place % scaling.columnCount))
    }
    do throws(AllocationError) { return try Tensor(outputs.sizes, floats: values) } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}
