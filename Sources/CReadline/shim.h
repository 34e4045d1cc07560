/* GNU readline for the executable. Its globals are mutable C variables, which Swift 6 refuses to
   touch, so each one is read or set through a function here. Only one Swift file may use them. */
#ifndef ADAM_READLINE_SHIM_H
#define ADAM_READLINE_SHIM_H
#include <stdio.h>
#include <stdlib.h>
#include <locale.h>
#include <readline/readline.h>
#include <readline/history.h>

static inline void adam_rl_setup(const char *name) {
  /* LC_CTYPE alone: editing needs character widths, numbers must stay in the C locale. */
  setlocale(LC_CTYPE, "");
  rl_readline_name = name;
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_change_environment = 0;
  rl_outstream = stdout;
  rl_instream = stdin;
  rl_basic_word_break_characters = " \t\n()[]{},=+-*/@;:.?|<>\"";
  rl_completer_quote_characters = "\"";
  rl_variable_bind("enable-bracketed-paste", "on");
  rl_initialize();
}
static inline void adam_rl_set_completion(rl_completion_func_t *function) {
  rl_attempted_completion_function = function;
}
static inline void adam_rl_completion_is_ours(void) {
  rl_attempted_completion_over = 1;
  rl_completion_suppress_append = 1;
  rl_completion_suppress_quote = 1;
}
static inline const char *adam_rl_line(void) { return rl_line_buffer; }
static inline int adam_rl_point(void) { return rl_point; }
static inline void adam_rl_prepare(void) { if (rl_prep_term_function) rl_prep_term_function(1); }
static inline char **adam_rl_matches(const char *text, rl_compentry_func_t *next) {
  return rl_completion_matches(text, next);
}
#endif
