// Pages about blocks, functions, layers and records.
import AdamSyntax

extension Explanation {
  static let definitions: [Explanation] = [
    Explanation(
      .breakOutside, "`break` or `continue` outside of a loop",
      """
      `break` ends the loop or the `on` block around it, `continue` starts its next turn. Here there is
      none. A function does not see the loop from which it is called: let it return true or false.
      """,
      wrong: "break",
      right: "for i in 0..<3 { if i == 1 { break } }"),
    Explanation(
      .returnOutside, "`return` outside of a function",
      """
      A script ends at its end. `return` gives the value of a function.
      """,
      wrong: "return 5",
      right: """
      fn five() { return 5 }
      print five()
      """),
    Explanation(
      .elseAlone, "no `if` stands before this `else`",
      """
      `else` follows the `}` of its `if`. At the prompt it must stand on the same line, because the `if`
      above has already run.
      """,
      wrong: "else { print 1 }",
      right: "if false { print 0 } else { print 1 }"),
    Explanation(
      .unknownEvent, "`on` knows `epoch` and `step`",
      """
      An `on` block runs at the end of epochs or steps of a training: `on epoch { … }`, `on epoch every 5
      { … }`, `on step every 100 { … }`.
      """,
      wrong: "on batch { print loss }",
      right: "on step { print loss }"),
    Explanation(
      .paramOutside, "`param` outside of a layer",
      """
      `param w[n] = zeros()` declares a parameter of a layer, directly in the body of `layer name(…) { …
      }`.
      """,
      wrong: "param w[3] = zeros()",
      right: """
      layer scale(n) {
        param w[n] = ones()
        fn(x) x * w
      }
      """),
    Explanation(
      .layerForward, "a layer without its function",
      """
      A layer ends with the function that it applies: `fn(x) { … }` is the last line of its body.
      """,
      wrong: "layer scale(n) { param w[n] = ones() }",
      right: """
      layer scale(n) {
        param w[n] = ones()
        fn(x) x * w
      }
      """),
    Explanation(
      .functionEquals, "a function's body follows without `=`",
      """
      Write `fn f(x) x + 1` or `fn f(x) { … }`.
      """,
      wrong: "fn f(x) = x + 1",
      right: "fn f(x) x + 1"),
    Explanation(
      .duplicateParameter, "a parameter stands twice",
      """
      Each parameter of a function has a name of its own; there are at most 255.
      """,
      wrong: "fn f(x, x) x",
      right: "fn f(x, y) x + y"),
    Explanation(
      .defaultOrder, "a parameter without a default behind one with a default",
      """
      Arguments are given from left to right, so what may be left out stands last.
      """,
      wrong: "fn f(a=1, b) a + b",
      right: "fn f(b, a=1) a + b"),
    Explanation(
      .duplicateField, "a field stands twice",
      """
      Each field of a record has a name of its own.
      """,
      wrong: "r = (a=1, a=2)",
      right: "r = (a=1, b=2)"),
    Explanation(
      .braceRecord, "`{` opens a block, not a value",
      """
      Records are written `(a=1, b=2)`, lists `[1, 2]`. Braces are always blocks.
      """,
      wrong: "x = {}",
      right: "x = (a=1, b=2)"),
    Explanation(
      .mixedTuple, "named and plain parts together",
      """
      A record has names for all parts, `(a=1, b=2)`; a tuple for none, `(1, 2)`.
      """,
      wrong: "x = (1, b=2)",
      right: "x = (a=1, b=2)"),
    Explanation(
      .assignInCondition, "a condition cannot assign",
      """
      `=` assigns, `==` compares.
      """,
      wrong: """
      a = 1
      if a = 1 { print "one" }
      """,
      right: """
      a = 1
      if a == 1 { print "one" }
      """),
  ]
}
