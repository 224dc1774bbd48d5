# Lets the handler write its report.
frame 0
set $eip = $handler_eip
set $esp = $handler_esp
set $ebp = $handler_ebp
continue
