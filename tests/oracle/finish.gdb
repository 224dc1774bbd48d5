# Lets the handler write its report; victim.gdb left it where it begins.
go_to $handler_eip $handler_esp $handler_ebp
continue
