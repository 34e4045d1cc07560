// plot: curves, points and histograms as text where the script prints, or as an SVG file.
import AdamData
import AdamFormulas
import AdamIR
import AdamSource

enum PlotVerb {
  static let builtin = BuiltinDefinition(
    name: "plot", group: "verb", summary: "Draws numbers as text on the output, or into an SVG file.",
    signature: Signature([
      ParameterDefinition("values", .any, "vectors, matrices, pairs (x, y), tables, runs", isVariadic: true),
      ParameterDefinition(
        "kind", .string, "`line`, `scatter` or `hist`", default: .string("line"), isKeywordOnly: true),
      ParameterDefinition("legend", .list, "a name for each series", default: .some(.none), isKeywordOnly: true),
      ParameterDefinition("log", .bool, "the y axis counts powers of ten", default: .bool(false), isKeywordOnly: true),
      ParameterDefinition("title", .string, "a line above", default: .some(.none), isKeywordOnly: true),
      ParameterDefinition(
        "bins", .integer, "bars of a histogram", range: NumberRange(from: 1, to: 1000), default: .number(10),
        isKeywordOnly: true),
      ParameterDefinition("out", .string, "an SVG file instead of text", default: .some(.none), isKeywordOnly: true),
    ]),
    example: "plot [3, 1, 2], out=\"losses.svg\"\nprint \"drawn\"  # prints: drawn",
    page: Page(
      "A vector is drawn against its places, each column of a matrix too; a run or its history has a curve for "
        + "each column; `scatter` takes the first two columns of a matrix as points.",
      see: ["show", "print"]),
    check: { context, arguments in
      do throws(Diagnostic) {
        _ = try checked(arguments)
        // Lists may have gaps, and pairs are points.
        for (value, span) in arguments.variadic where !value.isPlain || value.isText { try value.checkTensor(at: span) }
      } catch { context.report(error) }
      return .known(.none)
    },
    run: { context, arguments throws(Diagnostic) in
      if context.session.tracer != nil { throw .insideTrace("plot", at: arguments.span) }
      let kind = try checked(arguments)
      let figure = try figure(kind, arguments)
      do throws(HostError) {
        if let path = arguments.string("out") {
          try context.session.host.flush()
          try context.session.host.replaceFile(path, Array(SVGPlot(figure).text.utf8))
        } else {
          try context.session.write(TextPlot(figure, canvas(context.session.host)).text)
        }
      } catch {
        throw .fileAccess(error, at: arguments.span(of: "out") ?? arguments.span)
      }
      return .none
    })

  /// The kind, once the options are right.
  private static func checked<V: ArgumentValue>(_ arguments: BoundArguments<V>) throws(Diagnostic) -> Figure.Kind {
    if arguments.variadic.isEmpty {
      throw Diagnostic(.missingArgument, "`plot` needs something to draw", at: arguments.span)
    }
    if let path = arguments.string("out"), !path.hasSuffix(".svg") {
      throw Diagnostic(.outOfRange, "`plot` writes SVG: `out` must end in .svg", at: arguments.place(of: "out"))
    }
    let name = arguments.string("kind") ?? "line"
    guard let kind = Figure.Kind(rawValue: name) else {
      throw .unknownChoice(
        "kind", of: "plot", found: name, choices: Figure.Kind.allCases.map(\.rawValue),
        at: arguments.place(of: "kind"))
    }
    if kind == .hist, arguments.bool("log") == true {
      throw Diagnostic(.wrongKind, "a histogram has no `log`", at: arguments.place(of: "log"))
    }
    return kind
  }

  private static func canvas(_ host: Host) -> TextPlot.Canvas {
    guard let terminal = host.terminal() else { return .plain }
    return TextPlot.Canvas(
      columns: min(terminal.columns, 70), rows: 16, isTerminal: true, hasColor: terminal.hasColor)
  }

  private static func figure(
    _ kind: Figure.Kind, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Figure {
    var collected = PlotSeries(kind, at: arguments.span)
    for (value, span) in arguments.variadic { try collected.add(value, at: span) }
    var figure = Figure(series: collected.series, kind: kind)
    figure.isLogarithmic = arguments.bool("log") ?? false
    figure.title = arguments.string("title") ?? ""
    try name(&figure, arguments)
    guard figure.series.contains(where: { !$0.points.isEmpty }) else {
      throw Diagnostic(.wrongKind, "there is no number to draw", at: arguments.span)
    }
    if figure.isLogarithmic, let low = figure.series.flatMap(\.points).first(where: { $0.y <= 0 }) {
      throw Diagnostic(
        .outOfRange, "`log=true` shows numbers above 0, found \(messageText(low.y))", at: arguments.place(of: "log"))
    }
    return kind == .hist ? histogram(figure, bins: arguments.int("bins") ?? 10) : figure
  }

  private static func name(_ figure: inout Figure, _ arguments: BoundArguments<Value>) throws(Diagnostic) {
    guard let legend = arguments["legend"]?.elements else {
      let isPlain = figure.series.count > 1 && !figure.hasLegend
      for index in figure.series.indices where isPlain { figure.series[index].name = String(index + 1) }
      return
    }
    let names = legend.compactMap(\.exactString)
    guard names.count == legend.count, names.count == figure.series.count else {
      throw Diagnostic(
        .wrongKind, "`legend` needs a string for each of \(counted(figure.series.count, "curve"))",
        at: arguments.place(of: "legend"))
    }
    for (index, name) in names.enumerated() { figure.series[index].name = name }
  }

  /// How many numbers lie in each of the bars; the last one has its right end (numpy.histogram).
  private static func histogram(_ figure: Figure, bins: Int) -> Figure {
    let values = figure.series.flatMap { $0.points.map(\.y) }
    var (least, most) = (values.min() ?? 0, values.max() ?? 1)
    if least == most { (least, most) = (least - 0.5, most + 0.5) }
    let width = (most - least) / Double(bins)
    var result = figure
    result.barWidth = width
    for (index, series) in figure.series.enumerated() {
      var counts = Array(repeating: 0.0, count: bins)
      for point in series.points {
        let place = ((point.y - least) / width).rounded(.down)
        counts[min(max(Int(exactly: place) ?? 0, 0), bins - 1)] += 1
      }
      result.series[index].points = counts.enumerated().map { Figure.Point(x: least + Double($0) * width, y: $1) }
    }
    return result
  }
}
