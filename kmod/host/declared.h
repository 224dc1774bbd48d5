/* A function's name in what a C++ demangler makes of it. */
#ifndef KMOD_HOST_DECLARED_H
#define KMOD_HOST_DECLARED_H

/*
 * Leaves out, in place, what does not name the function: its return type, its parameters and what stands behind them, and so
 * of each function around it. "unsigned f<int>(int)" becomes "f<int>", and "A::g(char) const::{lambda(int)#1}::operator()(int)
 * const" becomes "A::g::{lambda(int)#1}::operator()". What cannot be read so stays as it is.
 */
void declared_name(char *declared);

#endif
