// Pages of the words that are no functions: statements, operators and constants. A test holds that
// every keyword and verb of the language has a page, here or in a registry; signs are in LanguageSigns.

package enum LanguageWords {
  package static let all: [LanguageWord] = statements + operators + punctuation + constants

  private static let statements: [LanguageWord] = [
    LanguageWord(
      "fn", "statement", forms: ["fn NAME(PARAMETERS) BODY", "fn(PARAMETERS) BODY"],
      "Defines a function; without a name it is a value.",
      example: "fn area(w, h=2) w * h\nprint area(3), map([1, 2], fn(x) x + 1)  # prints: 6 [2, 3]",
      page: Page(
        "The body is an expression or a block, whose last expression is the result. Parameters with defaults stand "
          + "last. Names assigned inside are local; names from outside are read and never rebound.",
        see: ["return", "layer", "map"])),
    LanguageWord(
      "return", "statement", forms: ["return", "return VALUE, …"],
      "Leaves the function with a value, or none.",
      example: """
        fn sign_of(x) {
          if x < 0 { return "minus" }
          "plus"
        }
        print sign_of(-3)  # prints: minus
        """,
      page: Page("Two values and more are a tuple.", see: ["fn"])),
    LanguageWord(
      "if", "statement", forms: ["if CONDITION { … }", "if CONDITION { … } else { … }"],
      "Runs a block when a condition holds; as an expression it is the block's last value.",
      example: "x = 3\nprint if x > 2 { \"large\" } else { \"small\" }  # prints: large",
      page: Page(
        "The condition is true or false: a number or a list is none. Of a tensor, say `all` or `any`; inside a "
          + "compiled step use `where`.",
        see: ["else", "where", "all", "while"])),
    LanguageWord(
      "else", "statement", forms: ["if CONDITION { … } else { … }", "if … { … } else if … { … }"],
      "The block for when the condition of `if` does not hold.",
      example: "if 1 > 2 { print \"a\" } else { print \"b\" }  # prints: b", page: Page(see: ["if"])),
    LanguageWord(
      "for", "statement", forms: ["for NAME in VALUES { … }", "for A, B in PAIRS { … }"],
      "Runs a block for each element of a list, range, tensor or data set.",
      example: "for i in 0..<3 { print i }\n# prints: 0\n# prints: 1\n# prints: 2",
      page: Page(
        "A data set gives one pass of its batches as pairs (x, y). The loop's own names end with it; all others "
          + "belong to the scope around it.",
        see: ["in", "while", "break", "enumerate", "zip", "batch"])),
    LanguageWord(
      "in", "statement", forms: ["for NAME in VALUES { … }", "[EXPRESSION for NAME in VALUES if CONDITION]"],
      "Stands between the names and the values of a loop or of a list that is made by one.",
      example: "print [x * x for x in 1...4 if x != 2]  # prints: [1, 9, 16]", page: Page(see: ["for", "map"])),
    LanguageWord(
      "while", "statement", forms: ["while CONDITION { … }"], "Runs a block as long as a condition holds.",
      example: "n = 1\nwhile n < 100 { n *= 2 }\nprint n  # prints: 128",
      page: Page(see: ["for", "break", "continue"])),
    LanguageWord(
      "break", "statement", forms: ["break"],
      "Ends the loop around it; in an `on` block, the training.",
      example: "for i in 0..<9 { if i == 2 { break }; print i }\n# prints: 0\n# prints: 1",
      page: Page(see: ["continue", "for", "on"])),
    LanguageWord(
      "continue", "statement", forms: ["continue"], "Goes on with the next turn of the loop.",
      example: "for i in 0..<3 { if i == 1 { continue }; print i }\n# prints: 0\n# prints: 2",
      page: Page(see: ["break", "for"])),
    LanguageWord(
      "import", "statement", forms: ["import \"FILE.adam\"", "NAME = import \"FILE.adam\""],
      "Runs another file once and adds its names, or gives them as a record.", example: "",
      page: Page(
        "The path is relative to the file that says it, and `here` is that file's directory. An imported file "
          + "defines and asserts only; names that begin with `_` stay private.", see: ["fn", "layer"])),
    LanguageWord(
      "layer", "statement", forms: ["layer NAME(PARAMETERS) { param …; …; fn(x) … }"],
      "Declares a layer of one's own, with parameters that training changes.",
      example: """
        layer gated(n) {
          param g[n] = ones()
          fn(x) x * sigmoid(g)
        }
        print gated(2)([[0, 1]]).shape  # prints: [1, 2]
        """,
      page: Page(
        "Calling its name builds the layer and draws its parameters in the order in which they are written. Layers "
          + "bound to names in the body are its children, saved under these names. The last line is what it does. "
          + "It may give a record or a tuple, which a loss "
          + "takes apart: `loss = fn(p, y) mse(p.out, y)`.",
        shape: "whatever the function makes of its input", source: "torch.nn.Module", see: ["param", "fn", "seq"])),
    LanguageWord(
      "param", "statement", forms: ["param NAME[SIZE, …] = VALUE"],
      "A parameter of the layer that is declared: a number, a tensor or an initializer gives its first value.",
      example: "layer scale(n) { param w[n] = ones(); fn(x) x * w }\nprint scale(2).w  # prints: [1, 1]",
      page: Page(
        "A number fills the shape, a tensor must have it, an initializer draws it.", source: "torch.nn.Parameter",
        see: ["layer", "kaiming", "xavier", "normal"])),
    LanguageWord(
      "on", "statement", forms: ["on epoch { … }", "on epoch every N { … }", "on step every N { … }"],
      "Runs a block while `train` runs: after each epoch or step, or each N-th.",
      example: """
        model = linear(1, 1)
        on epoch every 2 { print "epoch {epoch}" }
        train 5
        # prints: epoch 2
        # prints: epoch 4
        """,
      page: Page(
        "In the block `epoch`, `step`, `loss` and `val_loss` are known; it may set names of the scope around it and "
          + "`opt.lr`. `break` ends the training.",
        see: ["train", "break", "every"])),
    LanguageWord(
      "check", "statement", forms: ["check grad", "check grad LOSS"],
      "Compares the derivatives of the loss with differences of its values.",
      example: "model = seq(linear(2, 3), tanh, linear(3, 1))\nr = check grad mse\nprint r.checked  # prints: 13",
      page: Page(
        "A few rows of `data` and at most 200 elements of the parameters are tried, in Double. The result says how "
          + "many were compared (`checked`) and the largest relative error (`worst`); an error above 1e-4 stops.",
        formula: "(f(x + h) - f(x - h)) / 2h against the derivative, h = 1e-5 max(1, |x|)",
        source: "torch.autograd.gradcheck", see: ["grad", "value_and_grad", "layer"])),
  ]

  private static let constants: [LanguageWord] = [
    LanguageWord(
      "true", "constant", forms: ["true"], "The truth value of what holds.",
      example: "print (1 < 2) == true  # prints: true", page: Page(see: ["false", "if"])),
    LanguageWord(
      "false", "constant", forms: ["false"], "The truth value of what does not hold.",
      example: "print not false  # prints: true", page: Page(see: ["true", "if"])),
    LanguageWord(
      "none", "constant", forms: ["none"], "No value; for an optional argument, as if it were not given.",
      example: "x = none\nprint x == none  # prints: true", page: Page(see: ["true", "false"])),
    LanguageWord(
      "pi", "constant", forms: ["pi"], "The circumference of a circle over its diameter.",
      example: "print \"{pi:.6f}\"  # prints: 3.141593", page: Page(source: "torch.pi", see: ["sin", "cos"])),
    LanguageWord(
      "_", "constant", forms: ["linear(_, N)"], "A size that follows from the layers around it.",
      example: "model = seq(linear(2, 5), relu, linear(_, 1))\nprint model.2.weight.shape  # prints: [1, 5]",
      page: Page(
        "It is solved before anything is drawn.", source: "torch.nn.LazyLinear", see: ["linear", "seq", "reshape"])),
    LanguageWord(
      "ans", "constant", forms: ["ans"], "At the prompt, the value of the last expression.", example: "",
      page: Page(see: ["print", "show"])),
  ]
}
