// `layer name(…) { param …; …; fn(x) … }`: what its items and its end become. The two builtins have
// names that only the lowering writes.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

package enum DeclaredLayer {
  package static let parameterBuiltin = "param"
  package static let layerBuiltin = "layer"
  static let builtins: [Listed<BuiltinDefinition>] = [
    .init(parameterBuiltin, param), .init(layerBuiltin, layer),
  ]

  // MARK: param

  private static let param = BuiltinDefinition(
    name: parameterBuiltin, group: "internal", summary: "A parameter of the layer that is being made.",
    signature: Signature([
      ParameterDefinition("value", .any, "initial value: a number, a tensor or an initializer"),
      ParameterDefinition("name", .string, "its name in the file"),
      ParameterDefinition("sizes", .integer, "its sizes", range: NumberRange(from: 0), isVariadic: true),
    ]),
    example: "",
    check: { context, arguments in
      guard let name = arguments.string("name") else { return .unknown }
      do throws(Diagnostic) { try checkInitial(arguments) } catch { context.report(error) }
      let sizes = arguments.variadic.map { $0.value.exactNumber.map { Dimension(Int($0)) } ?? .unknown }
      let given = arguments["value"]?.tensorType?.shape
      let shape = sizes.isEmpty ? given ?? .scalar : Shape(sizes)
      return .known(.parameter(LayerParameter(name: name, shape: shape)))
    },
    run: { context, arguments throws(Diagnostic) in
      let name = arguments.string("name") ?? ""
      let sizes = try arguments.sizes()
      let value = arguments["value"] ?? .none
      let tensor = try initial(
        value, arguments.variadic.isEmpty ? nil : sizes, context.session, at: arguments.place(of: "value"))
      let parameter = LayerParameter(name: name, shape: tensor.type.shape, tensor: tensor)
      parameter.redraw = try redraw(value, tensor, at: arguments.span)
      return .parameter(parameter)
    })

  private static func checkInitial(_ arguments: BoundArguments<AbstractValue>) throws(Diagnostic) {
    guard let value = arguments["value"] else { return }
    let place = arguments.place(of: "value")
    if case .known(.builtin(let builtin)) = value {
      throw .uncalledInitializer(builtin.definition.name, at: place)
    }
    if case .known(let known) = value, known.initializer != nil { return }
    try value.checkTensor(at: place)
    let isNumber = if case .number = value.kindOfValue { true } else { false }
    guard !isNumber, !arguments.variadic.isEmpty, let shape = arguments.knownShape, let given = value.tensorType?.shape,
      given.rank > 0
    else { return }
    let fits = given.rank == shape.rank && zip(given.dimensions, shape.dimensions).allSatisfy { $0.mayEqual($1) }
    if !fits { throw .initialValue(shape, given, at: place) }
  }

  /// A number fills the shape, a tensor must have it, an initializer draws.
  private static func initial(
    _ value: Value, _ sizes: [Int]?, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Tensor {
    do throws(AllocationError) {
      if let values = value.initializer {
        let tensor = try Tensor(.f32, sizes ?? [])
        if let storage = tensor.floatStorage {
          values.fill(storage, shape: tensor.sizes, generator: &session.generator)
        }
        return tensor
      }
      if let x = value.exactNumber {
        let tensor = try Tensor(.f32, sizes ?? [])
        tensor.fill(Float(x))
        return tensor
      }
    } catch {
      throw .outOfMemory(error, at: span)
    }
    let given = try TensorArithmetic(session).real(try value.asTensor(at: span), at: span)
    guard sizes == nil || given.sizes == sizes else {
      throw .initialValue(Shape(sizes: sizes ?? []), given.type.shape, at: span)
    }
    do throws(AllocationError) { return try given.copy() } catch { throw .outOfMemory(error, at: span) }
  }

  /// What `reset` does: an initializer draws again, everything else is as it was.
  private static func redraw(
    _ value: Value, _ tensor: Tensor, at span: Span
  ) throws(Diagnostic) -> (Tensor, inout Generator) -> Void {
    if let values = value.initializer {
      return { tensor, generator in
        guard let storage = tensor.floatStorage else { return }
        values.fill(storage, shape: tensor.sizes, generator: &generator)
      }
    }
    let original: Tensor
    do throws(AllocationError) { original = try tensor.copy() } catch { throw .outOfMemory(error, at: span) }
    return { tensor, _ in tensor.copyElements(from: original) }
  }

  // MARK: layer

  private static let layer = BuiltinDefinition(
    name: layerBuiltin, group: "internal", summary: "A layer of a function, parameters and layers.",
    signature: Signature([
      ParameterDefinition("forward", .function, "what it does"),
      ParameterDefinition("name", .string, "its name"),
      ParameterDefinition("members", .record, "the names bound in its body"),
    ]),
    example: "",
    check: { context, arguments in
      if let function = arguments["forward"]?.layerFunction, function.takesNothing {
        context.report(.layerWithoutInput(at: function.place ?? arguments.span))
        return .unknown
      }
      guard let function = arguments["forward"]?.layerFunction, let name = arguments.string("name"),
        let members = arguments["members"]?.asFields?.fields
      else { return .unknown }
      return .layer(make(function, name, members, arguments.span))
    },
    run: { _, arguments throws(Diagnostic) in
      guard let function = arguments["forward"]?.layerFunction, case .record(let box)? = arguments["members"]
      else { throw .notYet("this layer", at: arguments.span) }
      let members = box.fields.map { AbstractField($0.name, .known($0.value)) }
      return .layer(make(function, arguments.string("name") ?? "layer", members, arguments.span))
    })

  private static func make(
    _ function: LayerFunction, _ name: String, _ members: [AbstractField], _ span: Span
  ) -> Layer {
    Layer(function: function, name: name, members: members, span: span)
  }
}

extension Diagnostic {
  static func initialValue(_ shape: Shape, _ given: Shape, at span: Span) -> Diagnostic {
    Diagnostic(
      .shapesDisagree, "the parameter is \(shape.text) and its initial value \(given.text)", at: span)
  }

  static func uncalledInitializer(_ name: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .wrongKind, "an initial value is a number, a tensor or an initializer, found the function `\(name)`", at: span)
    diagnostic.helps = [Help("call it: `\(name)()`")]
    return diagnostic
  }

  static func layerWithoutInput(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .missingArgument, "the function of a layer takes its input, and this takes nothing", at: span)
    diagnostic.helps = [Help("write `fn(x) …`")]
    return diagnostic
  }
}

extension AbstractValue {
  var asParameter: LayerParameter? {
    if case .known(.parameter(let parameter)) = self { parameter } else { nil }
  }
}
