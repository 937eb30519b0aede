/* windows.h -- which windows of a text a protocol takes: the rules that rows of protocol_kinds.c name. */
#ifndef LEXBENCH_WINDOWS_H
#define LEXBENCH_WINDOWS_H

#include "evaluation/protocol.h"

/* Each fills windows, which is zero; count 0 = there is nothing to score. */
void windows_nonoverlap(struct windows *windows, const struct windows_request *request);
void windows_sliding(struct windows *windows, const struct windows_request *request);
void windows_fixed_targets(struct windows *windows, const struct windows_request *request);
void windows_attention(struct windows *windows, const struct windows_request *request);

#endif
