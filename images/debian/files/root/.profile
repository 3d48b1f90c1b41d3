PS1="$(hostname)# "
