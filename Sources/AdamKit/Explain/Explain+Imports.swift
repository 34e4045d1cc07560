// Pages about files that import files.
import AdamLibrary

extension Explanation {
  static let imports: [Explanation] = [
    Explanation(
      .importFailed, "a file that cannot be imported",
      """
      The path of an `import` is read from the directory of the file that says it. The message ends with
      the system's reason.
      """,
      wrong: "import \"tools\"",
      right: "import \"tools.adam\"\nprint double(2)", files: tools),
    Explanation(
      .importCycle, "files that import each other",
      """
      A file runs before the one that imports it, which two files cannot do for each other. Move what both
      need to a file of its own. Imports are nested 100 files deep at most.
      """,
      wrong: "import \"a.adam\"",
      right: "import \"tools.adam\"",
      files: [
        "a.adam": "import \"b.adam\"", "b.adam": "import \"a.adam\"", "tools.adam": "fn double(x) 2 * x",
      ]),
    Explanation(
      .importClash, "an imported name that is taken",
      """
      An import never replaces what is there. As a value the file is a record, which keeps its names
      apart. Names that begin with `_` stay in their file.
      """,
      wrong: "fn double(x) x + x\nimport \"tools.adam\"",
      right: "fn double(x) x + x\nu = import \"tools.adam\"\nprint double(1), u.double(1)", files: tools),
    Explanation(
      .importedAction, "an imported file that does more than define",
      """
      Whoever imports a file wants its definitions, not its output or its training. Its top level may
      define and `assert`; its functions may do anything when they are called.
      """,
      wrong: "import \"loud.adam\"",
      right: "import \"tools.adam\"\nprint double(2)",
      files: ["loud.adam": "fn half(x) x / 2\nprint half(3)", "tools.adam": "fn double(x) 2 * x"]),
    Explanation(
      .importPlace, "an `import` that is not read before the script runs",
      """
      Files are read and checked before anything runs, so their names are written plainly, and names are
      added at the top level only. A function binds a record instead.
      """,
      wrong: "fn f() { import \"tools.adam\" }",
      right: "fn f(x) { u = import \"tools.adam\"; u.double(x) }\nprint f(2)", files: tools),
  ]

  private static let tools: KeyValuePairs = ["tools.adam": "fn double(x) 2 * x"]
}
