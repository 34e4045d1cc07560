// `_` where a size stands: the checker solves it from the layers around it, and the run uses what it found.
import AdamIR
import AdamSource

package enum OpenSize {
  package static let builtinName = "_"

  /// What stands where no size was found: `reshape` solves it by itself, everything else refuses it.
  static let kind = "size left open"

  /// The size that the checker found for this place.
  static let builtin = BuiltinDefinition(
    name: builtinName, group: "internal", summary: "A size left open with `_`.", signature: Signature([]),
    example: "",
    check: { context, arguments in
      context.session.openSizes.met.insert(arguments.span)
      return .number
    },
    run: { context, arguments in
      guard let size = context.session.openSizes.solved[arguments.span] else {
        return .record(RecordBox([], kind: kind))
      }
      return .number(Double(size))
    })
}

/// What is known of the places where `_` stands for a size.
package struct OpenSizes {
  /// Settings of layers that follow from what goes in.
  static let solvable: Set<String> = ["in", "size"]

  /// Every `_` that the checker has met.
  var met: Set<Span> = []
  /// What follows from the layers around it.
  package private(set) var solved: [Span: Int] = [:]
  /// Places that are met with one input and then with another of another size.
  private var ambiguous: [Span: Int] = [:]
  /// Places that a layer certainly waits for, with the layer's name.
  private var awaited: [Span: String] = [:]

  /// Notes the sizes that a call of a layer leaves open, and gives what no layer around it can tell.
  /// - Parameter isCertain: the call is certainly run.
  package mutating func note(
    _ settings: BoundArguments<AbstractValue>, of layer: String, isCertain: Bool
  ) -> [Diagnostic] {
    var mistakes: [Diagnostic] = []
    for name in settings.names {
      guard let place = settings.span(of: name), met.contains(place) else { continue }
      if !Self.solvable.contains(name) {
        mistakes.append(.sizeNotSolved(name, of: layer, at: place))
      } else if isCertain {
        awaited[place] = layer
      }
    }
    return mistakes
  }

  /// What goes in where a size was left open. The run has one size for a place.
  package mutating func solve(_ size: Int, at place: Span) {
    let known = solved[place] ?? size
    solved[place] = known
    if known != size { ambiguous[place] = size }
  }

  /// What was awaited and found by nothing, or found to be two sizes; nothing is awaited any more.
  package mutating func takeUnsolved() -> [Diagnostic] {
    defer { (awaited, ambiguous) = ([:], [:]) }
    return awaited.sorted { $0.key.start < $1.key.start }.compactMap { place, layer in
      guard let size = solved[place] else { return .sizeNotSolved(nil, of: layer, at: place) }
      return ambiguous[place].map { .sizeAmbiguous(size, $0, of: layer, at: place) }
    }
  }
}

extension Diagnostic {
  /// - Parameter name: the setting, when it is none that follows from the input.
  fileprivate static func sizeNotSolved(_ name: String?, of layer: String, at span: Span) -> Diagnostic {
    let what = name.map { "`\($0)`" } ?? "a size"
    var diagnostic = Diagnostic(
      .wrongKind, "\(what) of `\(layer)` is not known", at: span, label: "write the size")
    diagnostic.notes = [
      name == nil
        ? "nothing tells what goes into this layer" : "`_` stands for what goes into a layer, as in `linear(_, 10)`"
    ]
    return diagnostic
  }
}

extension Diagnostic {
  fileprivate static func sizeAmbiguous(_ size: Int, _ other: Int, of layer: String, at span: Span) -> Diagnostic {
    var diagnostic = sizeNotSolved(nil, of: layer, at: span)
    diagnostic.message = "`_` of `\(layer)` would be \(size) the first time and \(other) another time"
    diagnostic.notes = ["a place in the script has one size; what is made in several sizes says which"]
    return diagnostic
  }
}

extension Value {
  var isOpenSize: Bool {
    if case .record(let box) = self { box.kind == OpenSize.kind } else { false }
  }
}

extension Layer {
  /// Tells the checker how wide the input is where the script left it open.
  func solve(input: Shape, _ caller: (any FunctionTracer)?) {
    // Channels stand before the rows and columns of an image.
    let behind = (definition.inputShape(self)?.rank ?? 2) - 2
    guard let size = input.dimensions.dropLast(max(0, behind)).last?.size else { return }
    for name in OpenSizes.solvable where settings.isGiven(name) && settings.number(name) == nil {
      if let span = settings.span(of: name) { caller?.solved(size, at: span) }
    }
  }
}
