// Parts of tensors by index along an axis: gather, and split of a tensor.
import AdamIR
import AdamRuntime
import AdamSource

enum SelectionBuiltins {
  static let all: [Listed<BuiltinDefinition>] = [.init("gather", gather)]

  /// y[i, j] = x[index[i, j], j] for axis 0, and so on; index and x agree in the other axes.
  static let gather = BuiltinDefinition(
    name: "gather", group: "tensor", summary: "Elements chosen along an axis, one index for each.",
    signature: Signature([
      ParameterDefinition("x", .tensorLike, "tensor or list"),
      ParameterDefinition("index", .tensorLike, "places along the axis, negative ones from the end"),
      ParameterDefinition("axis", .integer, "axis, counted from the end when negative", default: .number(-1)),
    ]),
    example: "print gather([[1, 2], [3, 4]], [[1], [0]])  # prints: [[2], [3]]",
    page: Page(
      shape: "[.., n, ..], [.., k, ..] → [.., k, ..]", formula: "y[.., i, ..] = x[.., index[.., i, ..], ..]",
      source: "torch.gather", see: ["where", "argmax", "topk"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let tensors = TensorArithmetic(context.session)
      let x = try tensors.real(arguments["x"] ?? .none, at: arguments.place(of: "x"))
      guard case .tensor(let index) = try tensors.operand(arguments["index"] ?? .none, at: arguments.place(of: "index"))
      else {
        throw .tracedNumbers(
          "`gather` chooses", at: arguments.place(of: "index"),
          help: "choose with `where`, or with an index made outside")
      }
      let sizes = try x.sizes(at: arguments.span)
      let places = try places(index, sizes, arguments)
      let flat = try x.reshaped(to: [sizes.reduce(1, *)], at: arguments.span)
      let chosen: Tensor
      do throws(AllocationError) { chosen = try Tensor(index.sizes, integers: places) } catch {
        throw ValueError.memory(error, at: arguments.span)
      }
      let result = try tensors.apply(
        .indexSelect, [flat, .tensor(chosen)], ["axis": .int(0)].attributes, at: arguments.span)
      // The way over the flat elements loses the rows.
      if index.sizes.first == sizes.first, axisPlace(arguments, rank: sizes.count) != 0 { result.keepRows(of: x) }
      return .of(result)
    })

  private static func axisPlace(_ arguments: BoundArguments<Value>, rank: Int) -> Int {
    let axis = arguments.whole("axis", default: -1)
    return axis < 0 ? axis + rank : axis
  }

  /// Places in row-major order of all elements.
  private static func places(
    _ index: Tensor, _ sizes: [Int], _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> [Int32] {
    let rank = sizes.count
    let given = arguments.whole("axis", default: -1)
    guard given >= -rank, given < rank else {
      throw Diagnostic(
        .outOfRange, "axis \(given) does not exist: the tensor has \(rank) axes", at: arguments.place(of: "axis"))
    }
    let axis = (given + rank) % rank
    let agrees = index.sizes.count == rank && (0..<rank).allSatisfy { $0 == axis || index.sizes[$0] <= sizes[$0] }
    guard agrees, index.element != .bool else {
      throw Diagnostic(
        .runShapes, "the index \(index.type.shape.text) does not fit \(Shape(sizes: sizes).text) along axis \(axis)",
        at: arguments.place(of: "index"))
    }
    let numbers = index.floats
    var places: [Int32] = []
    for element in numbers.indices {
      guard let number = Int(exactly: numbers[element]), number >= -sizes[axis], number < sizes[axis] else {
        throw ValueError.indexOutside(
          Double(numbers[element]), count: sizes[axis], of: "an axis of \(sizes[axis])",
          at: arguments.place(of: "index"))
      }
      var (rest, place, stride) = (element, 0, 1)
      for dimension in (0..<rank).reversed() {
        let coordinate = rest % index.sizes[dimension]
        rest /= index.sizes[dimension]
        place += (dimension == axis ? (number + sizes[axis]) % sizes[axis] : coordinate) * stride
        stride *= sizes[dimension]
      }
      places.append(Int32(clamping: place))
    }
    return places
  }

  /// Parts of `size` along an axis, the last one smaller, or parts of the given sizes (torch.split).
  static func split(
    _ value: Value, _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Value {
    let tensors = TensorArithmetic(context.session)
    let x = try tensors.operand(value, at: arguments.place(of: "data"))
    let sizes = try x.sizes(at: arguments.span)
    let given = arguments.int("axis") ?? 0
    guard given >= -sizes.count, given < sizes.count else {
      throw Diagnostic(
        .outOfRange, "axis \(given) does not exist: the tensor has \(sizes.count) axes",
        at: arguments.place(of: "axis"))
    }
    let axis = given < 0 ? given + sizes.count : given
    let parts = try parts(of: sizes[axis], arguments)
    var result: [Value] = []
    var start = 0
    for part in parts {
      let attributes = Attributes([
        "axis": .int(axis), "start": .int(start), "end": .int(start + part), "step": .int(1),
      ])
      result.append(.of(try tensors.apply(.slice, [x], attributes, at: arguments.span)))
      start += part
    }
    return .list(ListBox(result))
  }

  private static func parts(of count: Int, _ arguments: BoundArguments<Value>) throws(Diagnostic) -> [Int] {
    let place = arguments.place(of: "size")
    if let size = arguments.int("size") {
      guard size >= 1 else { throw Diagnostic(.outOfRange, "a part has at least 1 row, found \(size)", at: place) }
      return stride(from: 0, to: count, by: size).map { min(size, count - $0) }
    }
    let sizes = (arguments["size"]?.exactNumbers ?? []).compactMap { Int(exactly: $0) }
    guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == count else {
      throw Diagnostic(.outOfRange, "the parts must add up to \(count)", at: place)
    }
    return sizes
  }
}
