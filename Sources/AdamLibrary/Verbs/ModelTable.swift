// The table of a model, as `show` and the REPL give it.
import AdamIR
import AdamSource

extension Layer {
  /// Layers, output shapes and numbers of parameters, and a total: `65 parameters`.
  /// - Parameter caller: follows functions of the script; without it their outputs are `?`.
  package func tableText(_ caller: (any FunctionTracer)? = nil) -> String {
    var rows = [["layer", "", "output", "parameters"]]
    let trace = knownInput.flatMap { try? traced(on: $0, caller: caller) }
    let trail = trace?.trail ?? []
    for (index, leaf) in leaves.enumerated() {
      var output = trail.indices.contains(index) ? trail[index].output.shape.text : "?"
      if index == trail.count - 1, let structure = trace?.structure { output = structure.foundText }
      let count = leaf.layer.parameterCount ?? 0
      rows.append([leaf.place, leaf.layer.text(), output, count == 0 ? "" : String(count)])
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 3 ? padding + cell : cell + padding + "  "
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
    let total = counted(parameterCount ?? 0, "parameter")
    return lines.joined(separator: "\n") + "\n" + total + "\n"
  }
}

extension DataSet {
  /// Rows, columns, target and parts.
  package var tableText: String {
    var lines = ["\(counted(rowCount, "row")), \(counted(featureCount, "input"))"]
    if let columns = description.inputColumns {
      let shown = columns.prefix(8).joined(separator: ", ")
      lines.append("inputs   \(shown)\(columns.count > 8 ? ", …" : "")")
    }
    if !description.targetColumns.isEmpty {
      let classes = description.classes.map { " (\($0) classes)" } ?? ""
      lines.append("target   \(description.targetColumns.joined(separator: ", "))\(classes)")
    }
    for part in parts {
      let padding = String(repeating: " ", count: max(1, 9 - part.name.count))
      lines.append("\(part.name)\(padding)\(counted(part.rows.count, "row"))")
    }
    if let batch = description.batchSize { lines.append("batch    \(batch)") }
    return lines.joined(separator: "\n") + "\n"
  }
}
