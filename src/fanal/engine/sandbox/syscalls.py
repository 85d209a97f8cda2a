"""Which system calls a decoder may make, which are answered with no, and which are the last it makes."""


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


ALLOWED = _names("""
read readv pread64 preadv lseek _llseek fstat close brk munmap mremap madvise membarrier futex futex_time64
futex_wait futex_wake set_robust_list rseq sched_yield sched_getaffinity rt_sigaction rt_sigprocmask rt_sigreturn
sigreturn sigaltstack restart_syscall clock_gettime clock_gettime64 clock_getres clock_getres_time64 clock_nanosleep
clock_nanosleep_time64 nanosleep gettimeofday time times getrusage getrandom getpid gettid getppid getuid geteuid
getgid getegid exit exit_group set_tid_address set_thread_area
""")
"""What reading given descriptors, computing and ending need."""

DENIED = _names("""
open openat openat2 creat stat lstat stat64 lstat64 newfstatat fstatat64 statx access faccessat faccessat2 readlink
readlinkat getcwd getdents getdents64 statfs fstatfs fcntl fcntl64 dup dup2 dup3 pipe pipe2 socket socketpair
memfd_create eventfd eventfd2 epoll_create epoll_create1 poll ppoll select pselect6 sched_setaffinity
sched_setscheduler sched_getscheduler sched_getparam sched_setparam setpriority getpriority mlock mlock2 munlock
mlockall get_mempolicy mbind set_mempolicy getrlimit prlimit64 sysinfo uname getcpu fadvise64 readahead getgroups
getresuid getresgid truncate ftruncate
""")
"""What honest libraries try and do without: they hear no, and go on."""

DEADLY = _names("""
execve execveat fork vfork ptrace process_vm_readv process_vm_writev kcmp pidfd_open pidfd_getfd pidfd_send_signal
kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo setns unshare mount umount umount2 pivot_root chroot move_mount
open_tree fsopen fsconfig fsmount fspick mount_setattr bpf perf_event_open io_uring_setup io_uring_enter
io_uring_register userfaultfd keyctl add_key request_key init_module finit_module delete_module kexec_load
kexec_file_load reboot swapon swapoff acct quotactl iopl ioperm modify_ldt personality seccomp
landlock_create_ruleset landlock_add_rule landlock_restrict_self setuid setgid setreuid setregid setresuid setresgid
setgroups setfsuid setfsgid capset connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom
recvmmsg memfd_secret shmget shmat shmctl msgget semget mq_open name_to_handle_at open_by_handle_at fanotify_init
inotify_init inotify_init1 setsid setpgid clock_settime settimeofday adjtimex clock_adjtime sethostname
setdomainname syslog vmsplice splice tee sendfile copy_file_range symlink symlinkat link linkat unlink unlinkat
rename renameat renameat2 mkdir mkdirat rmdir mknod mknodat chmod fchmod fchmodat chown fchown lchown fchownat
setxattr fsetxattr
""")
"""What no decoder ever does by accident: one attempt is an attack, and the last thing it does."""
